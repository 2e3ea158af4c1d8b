using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Ticketing.ApiGateway.Auth;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tests;

/// <summary>What one address may do with passwords, and which address that is.</summary>
public sealed class PasswordDoorTests
{
    private static readonly PasswordLimits Few = new() { GuessesPerAddress = 3, AtOncePerAddress = 1, WaitingPerAddress = 2 };

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("0.0.0.1", "0:0:0:1::", false)]
    public void Addresses_are_told_apart_as_households_are(string one, string other, bool isSame) =>
        Assert.Equal(isSame, Address.Of(IPAddress.Parse(one)) == Address.Of(IPAddress.Parse(other)));

    [Fact]
    public async Task After_so_many_wrong_passwords_from_one_address_none_is_looked_at_until_the_window_has_passed()
    {
        await using var gateway = await Start(Few);
        for (var guess = 0; guess < 3; guess++)
        {
            (await LogIn(gateway, "wrong")).MustFail(401);
            gateway.Time.Advance(TimeSpan.FromMinutes(1));
        }

        foreach (var (password, wait) in new[] { ("wrong", 720), ("right", 720), ("right", 720) })
        {
            var refused = (await LogIn(gateway, password)).MustFail(429);
            Assert.Equal(("too-many-guesses", TimeSpan.FromSeconds(wait)), (refused.Code, refused.Headers.RetryAfter!.Delta));
        }

        (await LogIn(gateway, "right", "127.0.0.2")).MustSucceed();
        gateway.Time.Advance(TimeSpan.FromSeconds(719.5));
        Assert.Equal(TimeSpan.FromSeconds(1), (await LogIn(gateway, "right")).MustFail(429).Headers.RetryAfter!.Delta);
        gateway.Time.Advance(TimeSpan.FromSeconds(0.5));
        (await LogIn(gateway, "right")).MustSucceed();
        (await LogIn(gateway, "wrong")).MustFail(401);
    }

    [Fact]
    public async Task Right_passwords_are_no_guesses_and_forgive_none()
    {
        await using var gateway = await Start(Few);
        for (var pupil = 0; pupil < 20; pupil++)
            (await LogIn(gateway, "right")).MustSucceed();
        foreach (var password in new[] { "wrong", "right", "wrong", "right", "wrong" })
            Assert.Equal(password == "right" ? 200 : 401, (await LogIn(gateway, password)).Status);
        (await LogIn(gateway, "right")).MustFail(429);
    }

    [Fact]
    public async Task The_limit_of_an_account_says_how_long_it_lasts()
    {
        await using var gateway = await Start(Few);
        gateway.Grains.On<ICredentialGrain>(call => call.Method == nameof(ICredentialGrain.Wait)
            ? new ValueTask<TimeSpan>(TimeSpan.FromSeconds(333.2))
            : Task.FromResult<Answer<CredentialRecord>>(Refusal.TooManyGuesses));

        for (var i = 0; i < 5; i++)
            Assert.Equal(TimeSpan.FromSeconds(334), (await LogIn(gateway, "right")).MustFail(429).Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task One_address_has_few_passwords_hashed_at_once_and_the_others_do_not_wait_for_it()
    {
        await using var gateway = await Start(Few);
        var hashing = new TaskCompletionSource<Answer<CredentialRecord>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var registering = new TaskCompletionSource<Answer<CredentialRecord>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = 0;
        gateway.Grains.On<ICredentialGrain>(call =>
        {
            Interlocked.Increment(ref begun);
            return call.Arguments[0] is "slow" ? hashing.Task : Task.FromResult<Answer<CredentialRecord>>(Account);
        });
        gateway.Grains.On<IUserGrain>(_ => registering.Task);

        // One is hashed, two wait, whether to log in or to register, and the fourth is turned away.
        var crowd = new List<Task<Reply>> { LogIn(gateway, "slow"), LogIn(gateway, "slow"), Register(gateway), LogIn(gateway, "slow") };
        var refused = await await Task.WhenAny(crowd);
        Assert.Equal("too-many-passwords", refused.MustFail(429).Code);
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.InRange(Volatile.Read(ref begun), 0, 1);
        (await LogIn(gateway, "quick", "127.0.0.2")).MustSucceed();

        hashing.SetResult(Account);
        registering.SetResult(Account);
        var replies = await Task.WhenAll(crowd);
        Assert.Equal(3, replies.Count(reply => reply.Status == 200));
    }

    [Fact]
    public async Task Who_hangs_up_leaves_the_queue()
    {
        using var door = new PasswordDoor(Settings(Few), new FakeTimeProvider());
        var (address, work) = (Address.Of(IPAddress.Loopback), new TaskCompletionSource());
        var first = door.Pass(address, () => work.Task, default).AsTask();
        using var hangsUp = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 2).Select(_ => door.Pass(address, () => Task.CompletedTask, hangsUp.Token).AsTask()).ToArray();
        Assert.False(await door.Pass(address, () => Task.CompletedTask, default));

        await hangsUp.CancelAsync();
        foreach (var one in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        var next = door.Pass(address, () => Task.CompletedTask, default).AsTask();
        work.SetResult();
        Assert.True(await first);
        Assert.True(await next);
    }

    [Fact]
    public async Task A_queue_is_announced_to_last_as_long_as_things_took_of_late()
    {
        var time = new FakeTimeProvider();
        using var door = new PasswordDoor(Settings(Few with { AtOncePerAddress = 2, WaitingPerAddress = 100 }), time);
        for (var i = 0; i < 100; i++)
        {
            await door.Pass(default, () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(250));
                return Task.CompletedTask;
            }, default);
        }

        Assert.InRange(door.QueueTime, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(12.5));
    }

    [Fact]
    public void A_hundred_thousand_addresses_that_guess_are_remembered_and_a_further_one_makes_room()
    {
        var time = new FakeTimeProvider();
        using var door = new PasswordDoor(Settings(Few with { GuessesPerAddress = 1 }), time);
        for (ulong i = 0; i < 100_000; i++)
            door.AddGuess(new(false, i));
        Assert.Equal(TimeSpan.FromMinutes(15), door.Wait(new(false, 0)));

        door.AddGuess(new(true, 1));

        Assert.Equal((TimeSpan.Zero, TimeSpan.FromMinutes(15)), (door.Wait(new(false, 0)), door.Wait(new(true, 1))));
    }

    [Theory]
    [InlineData("127.0.0.0/31", "127.0.0.1", "203.0.113.5", "192.0.2.99", 200)]
    [InlineData("127.0.0.0/31", "127.0.0.2", "203.0.113.5", "192.0.2.99", 429)]
    [InlineData("", "127.0.0.1", "203.0.113.5", "192.0.2.99", 429)]
    [InlineData("127.0.0.0/31 203.0.113.0/24", "127.0.0.1", "198.51.100.7, 203.0.113.5", "192.0.2.99, 203.0.113.5", 200)]
    [InlineData("127.0.0.0/31", "127.0.0.1", "203.0.113.5, 198.51.100.7", "192.0.2.99, 198.51.100.7", 429)]
    public async Task Only_a_trusted_proxy_is_believed_where_a_request_comes_from(string trusted, string from, string guesser, string other, int status)
    {
        var networks = trusted.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(network => IPNetwork.Parse(network)).ToArray();
        await using var gateway = await Start(Few, networks);
        for (var guess = 0; guess < 3; guess++)
            (await LogIn(gateway, "wrong", from, guesser)).MustFail(401);

        (await LogIn(gateway, "right", from, guesser)).MustFail(429);
        Assert.Equal(status, (await LogIn(gateway, "right", from, other)).Status);
    }

    private static CredentialRecord Account { get; } = new(default, Role.User, TestGateway.Somebody);

    private static GatewaySettings Settings(PasswordLimits limits) => new(TestGateway.ExternalKey, TestGateway.InternalKey) { Passwords = limits };

    private static async Task<TestGateway> Start(PasswordLimits limits, params IPNetwork[] trusted)
    {
        var gateway = new TestGateway(internalActsAsAdmin: true, settings => settings with { Passwords = limits, TrustedProxies = trusted });
        gateway.Grains.On<IEmailGrain>(_ => Task.FromResult<UserId?>(TestGateway.Somebody));
        gateway.Grains.On<ICredentialGrain>(call => Task.FromResult<Answer<CredentialRecord>>(call.Arguments[0] is "right" ? Account : Refusal.WrongCredentials));
        await gateway.InitializeAsync();
        return gateway;
    }

    private static Task<Reply> Register(TestGateway gateway) => Post(gateway, "register", """
        { "first_name": "ada", "last_name": "lovelace", "email": "ada@example.org", "password": "Correct-Horse-1", "confirm_password": "Correct-Horse-1" }
        """);

    private static Task<Reply> LogIn(TestGateway gateway, string password, string from = "127.0.0.1", string? forwarded = null) =>
        Post(gateway, "login", $$"""{ "email": "ada@example.org", "password": "{{password}}" }""", from, forwarded);

    private static async Task<Reply> Post(TestGateway gateway, string path, string body, string from = "127.0.0.1", string? forwarded = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Client.BaseAddress!, $"/api/auth/{path}"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (forwarded is not null)
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        using var response = await client.SendAsync(request);
        return new Reply((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }
}
