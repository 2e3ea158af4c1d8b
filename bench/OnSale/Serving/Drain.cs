using System.Text.Json.Nodes;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;

namespace Ticketing.OnSale.Serving;

/// <summary>What is left to do after a burst.</summary>
internal static class Drain
{
    /// <summary>How many payments the job is not done with. One that it is done with is settled, its ticket Active and its two mails queued.</summary>
    public static async Task<JsonObject> Look(WebApplication app)
    {
        var payments = app.Services.GetRequiredService<IPaymentRecords>();
        var pending = 0;
        for (var shard = 0; shard < PaymentState.Shards; shard++) pending += await payments.CountPending(shard);
        return new() { ["pending"] = pending };
    }

    /// <summary>How many tickets are Active, and how many mails there are.</summary>
    public static async Task<JsonObject> Count(WebApplication app)
    {
        var (tickets, mails) = (app.Services.GetRequiredService<IGrainFactory>().GetGrain<ITicketListGrain>(0), app.Services.GetRequiredService<INotificationRecords>());
        return new()
        {
            ["active"] = await All(page => tickets.List(null, page), ticket => ticket.Status == TicketStatus.Active),
            ["mails"] = await All(page => mails.List(page).AsTask(), _ => true),
        };
    }

    private static async Task<int> All<T>(Func<PageRequest, Task<Page<T>>> read, Func<T, bool> counts)
    {
        var count = 0;
        for (PageRequest? next = PageRequest.First; next is { } request;)
        {
            var page = await read(request);
            count += page.Items.Count(counts);
            next = page.Next is { } after ? request with { After = after } : null;
        }

        return count;
    }
}
