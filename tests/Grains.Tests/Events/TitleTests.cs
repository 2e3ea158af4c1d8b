using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Events;

[Collection(AccountCluster.Name)]
public sealed class TitleTests(AccountCluster accounts)
{
    [Fact]
    public async Task A_title_belongs_to_the_event_that_carries_it()
    {
        var title = Title("Carmen");
        var (first, second) = (NewKey(), NewKey());
        Assert.True((await title.Claim(first)).IsDone);
        List(first, "Carmen");

        Assert.Equal(Refusal.TitleTaken, (await title.Claim(second)).Refusal);
        accounts.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Refusal.TitleTaken, (await title.Claim(second)).Refusal);
        Assert.True((await title.Claim(first)).IsDone);
    }

    [Fact]
    public async Task A_title_claimed_without_an_event_is_free_after_two_minutes()
    {
        var title = Title("Aida");
        Assert.True((await title.Claim(NewKey())).IsDone);

        Assert.Equal(Outcome.Unknown, (await title.Claim(NewKey())).Outcome);
        accounts.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True((await title.Claim(NewKey())).IsDone);
    }

    [Fact]
    public async Task A_title_is_taken_by_an_event_whose_record_did_not_come_as_far_as_its_journal()
    {
        var title = Title("Carmen without a record");
        var (first, second) = (NewKey(), NewKey());
        Assert.True((await title.Claim(first)).IsDone);
        await Journal(first, "Carmen without a record");
        accounts.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(Refusal.TitleTaken, (await title.Claim(second)).Refusal);
        Assert.True((await title.Claim(first)).IsDone);
    }

    [Fact]
    public async Task A_title_stays_with_an_event_whose_journal_cannot_be_read()
    {
        var title = Title("Carmen in a damaged journal");
        var first = NewKey();
        Assert.True((await title.Claim(first)).IsDone);
        await Journal(first, "Some other title");
        (await accounts.Journals.Read(first, 0, 1))[0].Payload[^1] ^= 1;
        accounts.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(Refusal.TitleTaken, (await title.Claim(NewKey())).Refusal);
    }

    [Fact]
    public async Task A_title_that_an_event_gave_up_is_free_at_once()
    {
        var title = Title("Tosca");
        var (first, second) = (NewKey(), NewKey());
        await title.Claim(first);
        List(first, "Tosca");
        List(first, "Tosca, with another cast");

        await title.Release(second);
        Assert.False((await title.Claim(second)).IsDone);
        await title.Release(first);
        Assert.True((await title.Claim(second)).IsDone);
    }

    [Fact]
    public async Task Events_are_listed_and_found_as_storage_has_them()
    {
        var events = accounts.Grains.GetGrain<IEventListGrain>(0);
        var key = NewKey();
        var listed = List(key, "Norma");

        Assert.Equal(listed, await events.Find(key));
        Assert.Null(await events.Find(NewKey()));
        Assert.Contains(listed, (await events.List(PageRequest.First)).Items);
    }

    private ITitleGrain Title(string title) => accounts.Grains.GetGrain<ITitleGrain>(title);

    private EventKey NewKey() => EventKey.New(accounts.Time.GetUtcNow());

    /// <summary>Makes an event as far as its journal.</summary>
    private Task Journal(EventKey key, string title) => LedgerBench.OneThread(async () =>
    {
        var ledger = await Ledger.Open(key, accounts.Journals, LedgerBench.Now);
        Assert.True(ledger.Sale.Create(LedgerBench.NewOperation(), LedgerBench.Person, new(title, "An evening of opera", "Opera house", LedgerBench.Now.AddDays(1), 25, 40), LedgerBench.Now).IsDone);
        Assert.True(await ledger.Commit(LedgerBench.Now));
    });

    private EventRecord List(EventKey key, string title)
    {
        var now = accounts.Time.GetUtcNow();
        return accounts.Events.Events[key] = new(key, new(title, "An evening of opera", "Opera house", now.AddDays(30), 100, 50), 100, now, UserId.New(now), 1);
    }
}
