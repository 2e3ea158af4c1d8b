using System.Text.Json.Nodes;
using Ticketing.Grains.Payments;

namespace Ticketing.OnSale.Serving;

/// <summary>What is left to do after a burst.</summary>
internal static class Drain
{
    /// <summary>How many payments the job is not done with. One that it is done with is settled, its ticket Active and its two mails queued: that was one append.</summary>
    public static async Task<JsonObject> Look(WebApplication app)
    {
        var payments = app.Services.GetRequiredService<IPaymentRecords>();
        var pending = 0;
        for (var shard = 0; shard < PaymentState.Shards; shard++) pending += await payments.CountPending(shard);
        return new() { ["pending"] = pending };
    }
}
