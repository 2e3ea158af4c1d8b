using System.Net;

namespace Ticketing.Silo.Tests.Auth;

/// <summary>Who guesses passwords is held back, and does not keep others out.</summary>
public sealed class GuessTests
{
    private const int Flood = 500;

    [Fact]
    public async Task Guesses_at_an_account_and_at_an_email_that_nobody_has_are_answered_and_held_back_alike()
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:GuessesPerAccount"] = "3", ["Ticketing:GuessWindowMinutes"] = "15" });
        var (known, unknown) = ((await server.Api.NewAccount()).Email, $"{Guid.NewGuid():n}@example.org");

        for (var guess = 1; guess <= 5; guess++)
        {
            var replies = await Task.WhenAll(server.Api.LogIn(known, "Wrong-Horse-1"), server.Api.LogIn(unknown, "Wrong-Horse-1"));
            Assert.Equal(replies[0].Text, replies[1].Text);
            foreach (var reply in replies)
            {
                if (guess <= 3) reply.Failed(HttpStatusCode.Unauthorized, "wrong-credentials");
                else reply.Failed(HttpStatusCode.TooManyRequests, "too-many-guesses");
                if (guess > 3) Assert.InRange(reply.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(15));
                else Assert.Null(reply.Headers.RetryAfter);
            }
        }

        (await server.Api.LogIn(known)).Failed(HttpStatusCode.TooManyRequests, "too-many-guesses");
        (await server.Api.LogIn(Server.AdminEmail, Server.AdminPassword)).Done();
    }

    [Fact]
    public async Task An_address_that_guesses_at_many_accounts_is_held_back_and_others_are_not()
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:GuessesPerAddress"] = "5" });
        for (var guess = 0; guess < 5; guess++)
            (await server.Api.LogIn($"{Guid.NewGuid():n}@example.org")).Failed(HttpStatusCode.Unauthorized, "wrong-credentials");

        var refused = await server.Api.LogIn(Server.AdminEmail, Server.AdminPassword);

        refused.Failed(HttpStatusCode.TooManyRequests, "too-many-guesses");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(15));
        using var elsewhere = server.Api.From("127.0.0.2");
        (await elsewhere.LogIn(Server.AdminEmail, Server.AdminPassword)).Done();
    }

    /// <summary>With one queue for all, the flood alone would fill it, and everybody else would be turned away.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flood_of_passwords_from_one_address_keeps_nobody_else_out(bool registers)
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:PasswordCost"] = "8", ["Ticketing:PasswordsWaitingPerAddress"] = "10" });
        using var flooder = server.Api.From("127.0.0.3");
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.Api.NewAccount()));
        await server.Api.Token(people[0].Email);

        var flood = Enumerable.Range(0, Flood).Select(i => registers
            ? flooder.Register($"{i}-{Guid.NewGuid():n}@example.org")
            : flooder.LogIn($"{i}@example.org", "Wrong-Horse-1")).ToArray();
        // It has begun when somebody was turned away.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await await Task.WhenAny(flood)).Status);
        foreach (var person in people)
            (await server.Api.LogIn(person.Email)).Done();

        var replies = await Task.WhenAll(flood);
        Assert.All(replies, reply => Assert.True(
            reply.Status == (registers ? HttpStatusCode.OK : HttpStatusCode.Unauthorized)
            || (reply.Code == "too-many-passwords" && reply.Headers.RetryAfter!.Delta > TimeSpan.Zero), reply.ToString()));
        Assert.InRange(replies.Count(reply => reply.Status != HttpStatusCode.TooManyRequests), 1, Flood / 2);
    }

    [Fact]
    public async Task Three_hundred_pupils_behind_one_address_who_log_in_within_a_minute_all_get_through()
    {
        await using var server = await Server.Start(changes: new() { ["Ticketing:GuessesPerAddress"] = "1" });
        var pupil = await server.Api.NewAccount();

        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = 60 }, async (_, _) =>
            (await server.Api.LogIn(pupil.Email)).Done());
    }
}
