using Microsoft.Extensions.DependencyInjection;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Ticketing.Grains.Notifications;
using static Ticketing.Grains.Tests.Events.SaleCluster;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Many holders who hear of a change, in the real runtime.</summary>
[Collection(Name)]
public sealed class AnnouncementTests(SaleCluster cluster) : IDisposable
{
    private const int Holders = 1_700;

    public void Dispose() => cluster.EndTest();

    [Fact]
    public async Task Every_holder_hears_of_a_change_once_in_bounded_pieces_though_storage_fails_in_the_middle()
    {
        var key = EventKey.New(cluster.Time.GetUtcNow());
        await LedgerBench.OneThread(async () =>
        {
            var ledger = await LedgerBench.NewEvent(cluster.Journal, key, 5_000);
            await ledger.Fill(1, Holders);
        });
        var organiser = new Caller(LedgerBench.Person, Role.EventCreator);
        var changed = cluster.NewDetails(5_000) with { Location = "Open air" };

        Assert.True((await cluster.Event(key).Update(NewOperation(), organiser, changed, 10, null)).IsDone);
        // From the second piece on nothing can be stored: the activation gives up with part of the holders told.
        cluster.Errors.Allow(SharedEngine.OnPurpose, "Ticketing.Storage", "on the activation of");
        var before = cluster.Engine.Costs[key.Value].Batches;
        cluster.Engine.Fates = () => cluster.Engine.Costs[key.Value].Batches > before ? Fate.LostBefore : Fate.Done;
        await Beats(async () => cluster.Engine.Costs[key.Value].Batches > before && (await cluster.Activations(cluster.Event(key))).Length == 0);
        Assert.InRange((await Heard(key)).Count, 1, Holders - 1);
        cluster.Engine.Fates = null;
        await UntilKnown(_ => cluster.Event(key).Allot(NewOperation(), 1, null));
        await Beats(async () => (await Heard(key)).Count >= Holders);
        await Beats(() => Task.FromResult(true));

        var heard = await Heard(key);
        Assert.Equal(Holders, heard.Count);
        Assert.Equal(Holders, heard.Distinct().Count());
        var batches = (await cluster.Engine.ReadJournal(key.Value, 0, int.MaxValue)).Select(batch => EntryFormat.Read(batch.Payload));
        Assert.All(batches, batch => Assert.InRange(batch.OfType<Told>().Count(), 0, Chores.TicketsAtOnce));
        var messages = (await Notifications()).Where(one => one.Message.StartsWith($"Changed: {changed.Title} is now on", StringComparison.Ordinal)).ToArray();
        Assert.Equal(Holders, messages.Length);
        Assert.All(messages, message => Assert.Equal((LedgerBench.Person, NotificationStatus.Pending), (message.UserId, message.Status)));
    }

    private async Task<List<TicketId>> Heard(EventKey key) =>
        [.. (await cluster.Engine.Entries(key)).OfType<Told>().Where(told => told.Tidings == Tidings.EventChanged).Select(told => told.TicketId)];

    private async Task<List<NotificationRecord>> Notifications()
    {
        var records = cluster.Silo(0).GetRequiredService<INotificationRecords>();
        var all = new List<NotificationRecord>();
        for (var page = await records.List(PageRequest.First); ; page = await records.List(new(page.Next, PageRequest.Most)))
        {
            all.AddRange(page.Items);
            if (page.Next is null) return all;
        }
    }

    /// <summary>Lets the event's timer beat until something holds.</summary>
    private async Task Beats(Func<Task<bool>> holds)
    {
        var looks = 0;
        await Until(() =>
        {
            // A beat now and then: what it causes needs time to happen before the next one.
            if (looks++ % 50 == 0) cluster.Time.Advance(TimeSpan.FromSeconds(2));
            return holds();
        });
    }
}
