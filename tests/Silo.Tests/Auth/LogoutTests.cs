using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Auth;

/// <summary>A token that was logged out is refused everywhere, soon and for good.</summary>
public sealed class LogoutTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_logged_out_token_is_refused_at_once_here_and_within_a_second_by_another_gateway()
    {
        await using var second = await SecondGateway.Of(Server);
        var took = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var person = await Api.NewAccount();
            (await second.Api.Me(person.Token)).Done();

            (await Api.LogOut(person.Token)).Done();

            var watch = Stopwatch.StartNew();
            (await Api.Me(person.Token)).Failed(HttpStatusCode.Unauthorized);
            await RefusedBy(second.Api, person.Token);
            took.Add(watch.Elapsed);
            (await second.Api.LogOut(person.Token)).Failed(HttpStatusCode.Unauthorized);
        }

        // The one in the middle, because a machine that tests in parallel now and then stands still for a second.
        Assert.True(took.Order().ElementAt(2) < Second, string.Join(", ", took));
    }

    [Fact]
    public async Task A_logged_out_token_stays_refused_after_a_restart_and_a_new_role_stays()
    {
        using var directory = new DataDirectory();
        Person person;
        string other, refreshed;
        await using (var server = await Server.Start(directory))
        {
            person = await server.Api.NewAccount();
            (await server.Api.Send(HttpMethod.Patch, $"/api/auth/{person.Id}/role", Jwt.Admin, new JsonObject { ["role"] = "Operator" })).Done();
            other = await server.Api.Token(person.Email);
            (await server.Api.LogOut(person.Token)).Done();
            (await server.Api.Me(person.Token)).Failed(HttpStatusCode.Unauthorized);
        }

        await using (var server = await Server.Start(directory))
        {
            (await server.Api.Me(person.Token)).Failed(HttpStatusCode.Unauthorized);
            (await server.Api.Refresh(person.Token)).Failed(HttpStatusCode.Unauthorized);
            Assert.Equal("Operator", (await server.Api.Me(other)).Done().Text("role"));
            refreshed = (await server.Api.Refresh(other)).Done().Text("token");
            Assert.Equal("Operator", (await server.Api.Me(refreshed)).Done().Text("role"));
            Assert.Equal("Operator", (await server.Api.Me(await server.Api.Token(person.Email))).Done().Text("role"));
        }

        await using var last = await Server.Start(directory);
        (await last.Api.Me(person.Token)).Failed(HttpStatusCode.Unauthorized);
        (await last.Api.Me(refreshed)).Done();
    }

    [Fact]
    public async Task Whoever_logs_in_right_after_logging_out_on_any_gateway_has_a_token_that_works()
    {
        await using var second = await SecondGateway.Of(Server);
        var person = await Api.NewAccount();
        var seen = new HashSet<string> { person.Token };
        var token = person.Token;
        for (var i = 0; i < 20; i++)
        {
            var (here, there) = i % 2 == 0 ? (Api, second.Api) : (second.Api, Api);
            (await here.LogOut(token)).Done();
            token = await there.Token(person.Email);
            Assert.True(seen.Add(token));
            (await there.Me(token)).Done();
        }

        // Those that were ended are refused by both, for as long as both know.
        foreach (var ended in seen.Where(one => one != token))
        {
            await RefusedBy(Api, ended);
            await RefusedBy(second.Api, ended);
        }

        (await Api.Me(token)).Done();
    }

    [Fact]
    public async Task Refreshing_leaves_the_old_token_alone_and_logging_out_of_one_leaves_the_other()
    {
        var person = await Api.NewAccount();
        // Tokens count seconds: one of the same second would be the same.
        var refreshed = await Eventually.Sees("another token", async () => (await Api.Refresh(person.Token)).Done().Text("token"), token => token != person.Token);

        (await Api.Me(person.Token)).Done();
        (await Api.LogOut(person.Token)).Done();

        (await Api.Me(person.Token)).Failed(HttpStatusCode.Unauthorized);
        Assert.Equal(person.Id, (await Api.Me(refreshed)).Done().Text("user_id"));
    }

    [Fact]
    public async Task Removing_a_credential_ends_the_tokens_of_its_account_on_every_gateway_and_of_no_other()
    {
        await using var second = await SecondGateway.Of(Server);
        var (person, other) = (await Api.NewAccount(), await Api.NewAccount());

        (await Api.Send(HttpMethod.Delete, $"/api/auth/{person.Id}", Jwt.Internal)).Done();

        (await Api.Me(person.Token)).Failed(HttpStatusCode.Unauthorized);
        await RefusedBy(second.Api, person.Token);
        (await second.Api.Me(other.Token)).Done();
    }

    private static Task<Reply> RefusedBy(Api api, string token) =>
        Eventually.Sees("a token refused", () => api.Me(token), reply => reply.Status == HttpStatusCode.Unauthorized);
}
