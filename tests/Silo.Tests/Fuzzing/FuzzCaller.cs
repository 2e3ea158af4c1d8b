using System.Text;

namespace Ticketing.Silo.Tests.Fuzzing;

/// <summary>One caller, who sends one request after another, on one connection as long as it lasts.</summary>
internal sealed class FuzzCaller(Uri address, TimeSpan most) : IDisposable
{
    private const int MostAhead = 5;
    private static readonly byte[] Ahead = Encoding.ASCII.GetBytes("GET /api/events/health HTTP/1.1\r\nHost: x\r\n\r\n");
    private RawConnection? kept;

    /// <summary>Sends a request and takes what comes back.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="number">Where it is cut into pieces.</param>
    /// <returns>The answers to it, and what was wrong with how they came, if anything was.</returns>
    public async Task<(IReadOnlyList<RawAnswer> Answers, string? Finding)> Exchange(RawRequest request, byte[] bytes, int number)
    {
        using var patience = new CancellationTokenSource(most);
        try
        {
            if (request is { Delivery: Delivery.Whole, IsBroken: false }) return await Ordinary(request, bytes, patience.Token);
            using var connection = await RawConnection.To(address, patience.Token);
            return request.Delivery == Delivery.Pipelined
                ? await Pipelined(connection, request, bytes, number, patience.Token)
                : await Alone(connection, request, bytes, new Random(number), patience.Token);
        }
        catch (OperationCanceledException)
        {
            return ([], $"neither answered nor hung up within {most.TotalSeconds} s");
        }
        catch (InvalidDataException e)
        {
            // A connection that broke may have broken in the middle of an answer.
            return ([], request.IsBroken && e.Message == RawConnection.Half ? null : e.Message);
        }
    }

    public void Dispose() => kept?.Dispose();

    private async Task<(IReadOnlyList<RawAnswer> Answers, string? Finding)> Ordinary(RawRequest request, byte[] bytes, CancellationToken patience)
    {
        var isFresh = kept is null;
        var connection = kept ?? await RawConnection.To(address, patience);
        kept = null;
        await connection.Send(bytes, patience);
        var answer = await connection.Read(request.IsHead, patience);
        // The server may have hung up after the answer before.
        if (answer is null && !isFresh)
        {
            connection.Dispose();
            return await Ordinary(request, bytes, patience);
        }

        if (answer is { Closes: false }) kept = connection;
        else connection.Dispose();
        return answer is null ? ([], "hung up without an answer") : ([answer], null);
    }

    private static async Task<(IReadOnlyList<RawAnswer> Answers, string? Finding)> Pipelined(
        RawConnection connection, RawRequest request, byte[] bytes, int number, CancellationToken patience)
    {
        var ahead = 1 + (number & 0xFF) % MostAhead;
        var sending = connection.Send(Enumerable.Repeat(Ahead, ahead).SelectMany(one => one).Concat(bytes).ToArray(), patience);
        for (; ahead > 0; ahead--)
            if (await connection.Read(isHead: false, patience) is not { Status: 200 }) return ([], "a good request before it was not answered");
        var rest = await Rest(connection, request, sending, patience);
        return (rest, rest.Count == 0 && !request.IsBroken ? "hung up without an answer" : null);
    }

    private static async Task<(IReadOnlyList<RawAnswer> Answers, string? Finding)> Alone(
        RawConnection connection, RawRequest request, byte[] bytes, Random random, CancellationToken patience)
    {
        var sending = Send(connection, bytes.AsMemory(0, (int)(bytes.Length * request.Part)), request.Delivery, random, patience);
        if (request.Delivery is Delivery.Gone or Delivery.Reset)
        {
            await sending;
            if (request.Delivery == Delivery.Reset) connection.Break();
            return ([], null);
        }

        var rest = await Rest(connection, request, sending, patience);
        return (rest, rest.Count == 0 && !request.IsBroken ? "hung up without an answer" : null);
    }

    private static async Task Send(RawConnection connection, ReadOnlyMemory<byte> bytes, Delivery delivery, Random random, CancellationToken patience)
    {
        while (delivery == Delivery.Pieces && bytes.Length > 1 && random.Next(8) > 0)
        {
            var some = random.Next(1, bytes.Length);
            await connection.Send(bytes[..some], patience);
            await Task.Delay(random.Next(4), patience);
            bytes = bytes[some..];
        }

        await connection.Send(bytes, patience);
    }

    /// <summary>All that comes until the server hangs up. It is told that no more will be sent: at once, where it would wait for more, otherwise when it has answered.</summary>
    private static async Task<List<RawAnswer>> Rest(RawConnection connection, RawRequest request, Task sending, CancellationToken patience)
    {
        var first = connection.Read(request.IsHead, patience);
        if (!request.IsUnfinished) await first;
        await sending;
        connection.SendNoMore();
        var answers = new List<RawAnswer>();
        for (var answer = await first; answer is not null; answer = await connection.Read(isHead: false, patience)) answers.Add(answer);
        return answers;
    }
}
