using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Payments;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Events;

/// <summary>Entity tags of events: reads that are not sent again, and changes that are refused when somebody was faster.</summary>
public sealed class VersionTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    [Fact]
    public async Task An_event_that_has_not_changed_is_not_sent_again()
    {
        var eventId = await Api.NewEvent();
        var path = $"/api/events/{eventId}";
        var tag = Tag(await Api.Get(path));

        foreach (var known in new[] { tag, $"W/{tag}", "*", $"\"other\", {tag}" })
        {
            var same = await If("If-None-Match", known, HttpMethod.Get, path);
            Assert.Equal((HttpStatusCode.NotModified, "", tag), (same.Status, same.Text, Tag(same)));
        }

        foreach (var unknown in new[] { "\"other\"", "no tag" }) Assert.Equal(eventId, (await If("If-None-Match", unknown, HttpMethod.Get, path)).Done().Id());
        (await Api.Buy(await Api.NewPerson(), eventId, 1)).Done();
        var changed = await If("If-None-Match", tag, HttpMethod.Get, path);
        Assert.Equal(49, changed.Done().Number("remaining_seats"));
        Assert.NotEqual(tag, Tag(changed));
        (await If("If-None-Match", "*", HttpMethod.Get, $"/api/events/{Jwt.NewId()}")).Failed(HttpStatusCode.NotFound, "no-such-event");
    }

    [Fact]
    public async Task A_list_in_which_nothing_has_changed_is_not_sent_again()
    {
        var eventId = await Api.NewEvent();
        await Api.NewEvent();
        foreach (var path in new[] { "/api/events", "/api/events?limit=1" })
        {
            var tag = Tag(await Api.Get(path));
            var same = await If("If-None-Match", tag, HttpMethod.Get, path);
            Assert.Equal((HttpStatusCode.NotModified, ""), (same.Status, same.Text));
        }

        var before = Tag(await Api.Get("/api/events"));
        (await Api.Send(HttpMethod.Put, $"/api/events/{eventId}", Jwt.Admin, EventCalls.Body(remaining: 3))).Done();
        var changed = await If("If-None-Match", before, HttpMethod.Get, "/api/events");
        Assert.Contains(changed.Done().AsArray(), one => one!.Id() == eventId && one!.Number("remaining_seats") == 3);
    }

    [Fact]
    public async Task Ten_changes_of_the_same_version_at_once_are_one_change()
    {
        var eventId = await Api.NewEvent();
        var tag = Tag(await Api.Get($"/api/events/{eventId}"));

        var bodies = Enumerable.Range(1, 10).Select(i => EventCalls.Body(price: i, remaining: 10 + i)).ToArray();
        var replies = await Task.WhenAll(bodies.Select(body => If("If-Match", tag, HttpMethod.Put, $"/api/events/{eventId}", body)));

        var won = Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        foreach (var lost in replies.Where(reply => reply != won)) lost.Failed(HttpStatusCode.PreconditionFailed, "event-changed");
        var now = await Api.Get($"/api/events/{eventId}");
        Assert.Equal(won.Done().ToJsonString(), now.Done().ToJsonString());
        Assert.Equal(Tag(won), Tag(now));
        // The titles that the others wanted are free.
        foreach (var (body, _) in bodies.Zip(replies).Where(pair => pair.Second != won)) await Api.NewEvent(title: body.Text("title"));
    }

    [Fact]
    public async Task A_refused_change_gives_its_title_up()
    {
        var eventId = await Api.NewEvent();
        var body = EventCalls.Body(remaining: 5);
        (await If("If-Match", "\"1000000\"", HttpMethod.Put, $"/api/events/{eventId}", body)).Failed(HttpStatusCode.PreconditionFailed, "event-changed");
        await Api.NewEvent(title: body.Text("title"));
    }

    [Fact]
    public async Task The_tag_of_every_answer_is_the_version_that_the_next_change_needs()
    {
        var created = await Api.Send(HttpMethod.Post, "/api/events", Jwt.Admin, EventCalls.Body());
        var path = $"/api/events/{created.Done().Id()}";
        var updated = await If("If-Match", Tag(created), HttpMethod.Put, path, EventCalls.Body(remaining: 20));
        Assert.Equal(20, updated.Done().Number("remaining_seats"));
        (await If("If-Match", Tag(created), HttpMethod.Patch, $"{path}/update-seats", new() { ["delta"] = -1 })).Failed(HttpStatusCode.PreconditionFailed, "event-changed");
        var allotted = await If("If-Match", $"{Tag(created)}, {Tag(updated)}", HttpMethod.Patch, $"{path}/update-seats", new() { ["delta"] = -1 });
        Assert.Equal(19, allotted.Done().Number("remaining_seats"));
        (await If("If-Match", Tag(updated), HttpMethod.Delete, path)).Failed(HttpStatusCode.PreconditionFailed, "event-changed");
        (await If("If-Match", Tag(allotted), HttpMethod.Delete, path)).Done();
        (await If("If-Match", Tag(allotted), HttpMethod.Delete, path)).Failed(HttpStatusCode.NotFound, "no-such-event");
    }

    [Fact]
    public async Task Any_version_will_do_for_a_star_and_a_weak_tag_matches_nothing()
    {
        var path = $"/api/events/{await Api.NewEvent()}";
        var tag = Tag(await Api.Get(path));
        foreach (var other in new[] { $"W/{tag}", "\"other\"", "\"\"", "\"*\"", "\"99999999999999999999\"" })
            (await If("If-Match", other, HttpMethod.Put, path, EventCalls.Body(remaining: 5))).Failed(HttpStatusCode.PreconditionFailed, "event-changed");
        foreach (var malformed in new[] { "", "5", "\"5", "5\"", "\"5\" \"6\"", "*, \"5\"", "\"5\", *", "**", "Zoë" })
            (await If("If-Match", malformed, HttpMethod.Put, path, EventCalls.Body(remaining: 5))).Failed(HttpStatusCode.BadRequest);

        Assert.Equal(tag, Tag(await Api.Get(path)));
        (await If("If-Match", "*", HttpMethod.Put, path, EventCalls.Body(remaining: 5))).Done();
        (await If("If-Match", "*", HttpMethod.Put, $"/api/events/{Jwt.NewId()}", EventCalls.Body(remaining: 5))).Failed(HttpStatusCode.NotFound, "no-such-event");
    }

    [Fact]
    public async Task A_change_repeated_under_its_key_is_answered_alike_though_the_event_has_changed_since()
    {
        var path = $"/api/events/{await Api.NewEvent()}";
        var tag = Tag(await Api.Get(path));
        var (body, key) = (EventCalls.Body(remaining: 5), Guid.NewGuid().ToString());
        var first = await If("If-Match", tag, HttpMethod.Put, path, body, key);
        first.Done();
        (await Api.Send(HttpMethod.Put, path, Jwt.Admin, EventCalls.Body(remaining: 6))).Done();

        var again = await If("If-Match", tag, HttpMethod.Put, path, body, key);

        Assert.Equal((first.Text, Tag(first)), (again.Text, Tag(again)));
        Assert.Equal(6, (await Api.Get(path)).Done().Number("remaining_seats"));
    }

    [Fact]
    public async Task A_payment_that_settles_does_not_spoil_the_version_an_organiser_has_seen()
    {
        var eventId = await Api.NewEvent();
        var path = $"/api/events/{eventId}";
        var ticket = (await Api.Buy(await Api.NewPerson(), eventId, 1)).Done();
        var tag = Tag(await Api.Get(path));
        await Server.SettlePayments();
        await Api.TicketBecomes(ticket.Id(), "Active");

        (await If("If-Match", tag, HttpMethod.Put, path, EventCalls.Body(remaining: 5))).Done();
    }

    private static string Tag(Reply reply) => reply.Headers.ETag?.ToString() ?? throw new InvalidOperationException($"no tag: {reply}");

    private Task<Reply> If(string header, string value, HttpMethod method, string path, JsonObject? body = null, string? key = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", path.EndsWith("update-seats", StringComparison.Ordinal) ? Jwt.Internal : Jwt.Admin);
        Assert.True(request.Headers.TryAddWithoutValidation(header, value));
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        return Api.Send(request);
    }
}
