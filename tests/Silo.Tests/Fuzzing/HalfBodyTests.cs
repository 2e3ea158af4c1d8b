using System.Text;

namespace Ticketing.Silo.Tests.Fuzzing;

/// <summary>Bodies of which a part never comes: whoever is at fault, it is not this program, and its log says nothing.</summary>
public sealed class HalfBodyTests
{
    // The server says that it goes on when it begins to read.
    private const string Head = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
    private const string Beginning = "{\"email\"";
    private const int Length = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_server_that_ends_while_a_body_is_on_its_way_logs_no_error()
    {
        var server = await Server.Start();
        using var caller = await Begin(server);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_body_that_is_on_its_way_when_the_server_begins_to_end_is_read_and_answered()
    {
        var server = await Server.Start();
        using var caller = await Begin(server);
        var end = server.DisposeAsync().AsTask();
        using var patience = new CancellationTokenSource(Patience);
        await caller.Send(Encoding.ASCII.GetBytes(":\"x@example.org\",\"password\":\"Correct-Horse-2\"}".PadRight(Length - Beginning.Length)), patience.Token);
        Assert.Equal(401, (await caller.Read(isHead: false, patience.Token))?.Status);
        await end;
    }

    [Fact]
    public async Task A_caller_who_is_gone_in_the_middle_of_a_body_leaves_no_error_in_the_log()
    {
        await using var server = await Server.Start();
        for (var i = 0; i < 20; i++)
        {
            using var caller = await Begin(server);
            if (i % 2 == 0) caller.Break();
        }
    }

    [Fact]
    public async Task A_body_that_stops_coming_is_answered_408_and_is_no_error()
    {
        await using var server = await Server.Start();
        using var caller = await Begin(server);
        using var patience = new CancellationTokenSource(Patience);
        Assert.Equal(408, (await caller.Read(isHead: false, patience.Token))?.Status);
    }

    [Theory]
    [InlineData("ffffffffffffffff")]
    [InlineData("zz")]
    [InlineData("-1")]
    public async Task A_chunk_of_a_size_that_cannot_be_is_answered_400_and_is_no_error(string size)
    {
        await using var server = await Server.Start();
        using var patience = new CancellationTokenSource(Patience);
        using var caller = await RawConnection.To(server.Api.Address, patience.Token);
        var request = $"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}\r\n0\r\n\r\n";
        await caller.Send(Encoding.ASCII.GetBytes(request), patience.Token);
        Assert.Equal(400, (await caller.Read(isHead: false, patience.Token))?.Status);
    }

    private static async Task<RawConnection> Begin(Server server)
    {
        using var patience = new CancellationTokenSource(Patience);
        var caller = await RawConnection.To(server.Api.Address, patience.Token);
        await caller.Send(Encoding.ASCII.GetBytes(Head), patience.Token);
        Assert.True(await caller.GoesOn(patience.Token));
        await caller.Send(Encoding.ASCII.GetBytes(Beginning), patience.Token);
        return caller;
    }
}
