using System.Diagnostics;
using Ticketing.ApiGateway.Watching;

namespace Ticketing.ApiGateway.Tests.Watching;

/// <summary>What is left in a span.</summary>
public sealed class SpanTagsTests
{
    [Fact]
    public void What_is_not_known_to_be_harmless_is_taken_out()
    {
        using var span = new Activity("span");
        string[] harmful =
        [
            "url.path", "url.query", "url.full", "user_agent.original", "client.address", "server.address", "network.peer.address", "http.request.method_original",
            "orleans.rpc.target_id", "orleans.rpc.source_id", "orleans.grain.id", "exception.message", "exception.stacktrace", "whatever.comes.next",
        ];
        foreach (var name in harmful) span.SetTag(name, "ada@example.org");
        span.SetTag("http.route", "/api/tickets").SetTag("http.response.status_code", 200).SetTag("rpc.method", "Buy").SetTag("exception.type", "System.TimeoutException");
        span.SetStatus(ActivityStatusCode.Error, "the address ada@example.org was refused");
        using var tags = new SpanTags();

        tags.OnEnd(span);

        Assert.Equal(["http.route", "http.response.status_code", "rpc.method", "exception.type"], span.TagObjects.Select(tag => tag.Key));
        Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription));
    }
}
