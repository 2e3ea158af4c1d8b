using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Auth;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests;

/// <summary>Many who ask at once for what is not there are all told so: nobody is kept in memory for them, and none of them is asked to come again.</summary>
public sealed class CrowdTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    private const int Crowd = 100;

    [Theory]
    [InlineData("GET", "/api/tickets/{0}", "no-such-ticket")]
    [InlineData("PATCH", "/api/tickets/{0}/cancel", "no-such-ticket")]
    [InlineData("DELETE", "/api/tickets/{0}", "no-such-ticket")]
    [InlineData("GET", "/api/users/{0}", "no-such-user")]
    [InlineData("DELETE", "/api/users/{0}", "no-such-user")]
    [InlineData("GET", "/api/notifications/{0}", "no-such-notification")]
    [InlineData("DELETE", "/api/notifications/{0}", "no-such-notification")]
    [InlineData("GET", "/api/payments/{0}", "no-such-payment")]
    [InlineData("DELETE", "/api/events/{0}", "no-such-event")]
    [InlineData("GET", "/api/events/{0}", "no-such-event")]
    [InlineData("DELETE", "/api/backups/{0}", "no-such-backup")]
    public async Task A_crowd_that_asks_for_an_unknown_id_is_told_so(string method, string path, string code)
    {
        var unknown = string.Format(CultureInfo.InvariantCulture, path, Jwt.NewId());

        await Together(() => Api.Send(new(method), unknown, Jwt.Admin), reply => reply.Failed(HttpStatusCode.NotFound, code));
    }

    [Theory]
    [InlineData("DELETE", "/api/auth/{0}", "no-such-user")]
    [InlineData("DELETE", "/api/payments/{0}", "no-such-payment")]
    [InlineData("PATCH", "/api/tickets/{0}/active", "no-such-ticket")]
    public async Task A_crowd_of_services_that_asks_for_an_unknown_id_is_told_so(string method, string path, string code)
    {
        var unknown = string.Format(CultureInfo.InvariantCulture, path, Jwt.NewId());

        await Together(() => Api.Send(new(method), unknown, Jwt.Internal), reply => reply.Failed(HttpStatusCode.NotFound, code));
    }

    [Fact]
    public async Task A_crowd_of_buyers_of_an_event_that_is_not_there_is_told_so()
    {
        var (buyer, unknown) = (await Api.NewPerson(), Jwt.NewId());

        await Together(() => Api.Buy(buyer, unknown, 7), reply => reply.Failed(HttpStatusCode.NotFound, "no-such-event"));
    }

    [Fact]
    public async Task A_crowd_of_guesses_at_an_unknown_email_is_answered_as_one_at_a_known_email()
    {
        var (known, unknown) = ((await Api.NewAccount()).Email, $"{Guid.NewGuid():n}@example.org");
        foreach (var email in new[] { known, unknown })
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => Api.LogIn(email, "Wrong-Horse-1")));

            Assert.Equal(10, replies.Count(reply => reply.Status == HttpStatusCode.Unauthorized));
            Assert.Equal(Crowd - 10, replies.Count(reply => reply.Code == "too-many-guesses"));
        }
    }

    [Fact]
    public async Task A_crowd_that_looks_up_an_unknown_email_is_told_so()
    {
        var email = new JsonObject { ["email"] = $"{Guid.NewGuid():n}@example.org" };

        await Together(() => Api.Send(HttpMethod.Get, "/api/users/id-by-email", Jwt.Internal, email.DeepClone()), reply => reply.Failed(HttpStatusCode.NotFound, "no-such-user"));
    }

    [Fact]
    public async Task Of_a_crowd_that_deletes_a_user_one_does_and_the_others_are_told_that_there_is_none()
    {
        var person = await Api.NewAccount();

        var replies = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => Api.Send(HttpMethod.Delete, $"/api/users/{person.Id}", Jwt.Admin)));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => reply.Failed(HttpStatusCode.NotFound, "no-such-user"));
    }

    private static async Task Together(Func<Task<Reply>> ask, Action<Reply> isTold)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => ask()));
        Assert.All(replies, isTold);
    }
}
