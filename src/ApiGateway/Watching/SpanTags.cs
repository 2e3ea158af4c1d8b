using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace Ticketing.ApiGateway.Watching;

/// <summary>
/// Takes from spans what is not known to be harmless: paths and queries, user agents and addresses; grains' ids, of which an account's is an e-mail address; and
/// the messages of exceptions, which may quote anything. What is left has a bounded number of values.
/// </summary>
internal sealed class SpanTags : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Kept = FrozenSet.Create(
        "http.request.method", "http.route", "http.response.status_code", "url.scheme", "network.protocol.version", "error.type",
        "rpc.system.name", "orleans.rpc.service", "rpc.method", "orleans.grain.type", "orleans.silo.id", "orleans.activation.cause", "orleans.deactivation.reason",
        "orleans.storage.provider", "orleans.storage.state.name", "exception.type", "exception.escaped", "status");

    public override void OnEnd(Activity data)
    {
        List<string>? taken = null;
        foreach (ref readonly var tag in data.EnumerateTagObjects())
        {
            if (!Kept.Contains(tag.Key)) (taken ??= []).Add(tag.Key);
        }

        foreach (var name in taken ?? []) data.SetTag(name, null);
        if (data.StatusDescription is not null) data.SetStatus(data.Status);
    }
}
