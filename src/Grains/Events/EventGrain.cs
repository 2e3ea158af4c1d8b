using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Events;

/// <summary>
/// The shell of a <see cref="Sale"/>: loads, decides, commits, answers. Commands interleave, so each decides without awaiting and then awaits only
/// that what was decided is durable.
/// </summary>
[GrainType(EventGrain.Name)]
internal sealed class EventGrain(
    IGrainContext context, IGrainFactory grains, IJournal journal, IPaymentProvider provider, SaleSettings settings, TimeProvider time,
    SaleMeter meter, RefusalMeter refusals, ILogger<EventGrain> log, AvailabilityBoard? board = null)
    : IGrainBase, IEventGrain, IRemindable
{
    /// <summary>The name of the grain. Never changed: it is stored with reminders.</summary>
    internal const string Name = "event";

    private readonly EventKey key = EventKey.Parse(context.GrainId.Key.ToString()!);
    private CardDesk? cards;
    private Ledger ledger = null!;
    private LedgerWatch? watch;
    private Chores chores = null!;
    private readonly Departure departure = new();
    private bool leaving;

    public IGrainContext GrainContext => context;

    private Sale Sale => ledger.Sale;

    private EventTitle Titles => new(key, grains, time);

    private CardDesk Cards => cards ??= new(key, provider, time, log);

    public async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // What an earlier activation said is not this one's to keep.
        board?.Remove(key);
        ledger = await Ledger.Open(key, journal, Now(), settings.SnapshotAfterBytes);
        watch = meter.Watch(ledger, Now());
        if (ledger.DamagedSnapshot is { } damage) Log.SnapshotDamaged(log, key, damage.Message);
        chores = new Chores(this, grains, Tidy);
        if (ledger.Failure is { } failure) Log.LedgerAbandoned(log, key, failure);
        // Not at once: with storage in trouble, an activation for each who asks would be more trouble.
        if (ledger.Stopped) departure.Begin(this);
        // Not awaited: an event that cannot store a reminder right now can still sell.
        else if (Sale.HasOpenWork) _ = BeginChores();
    }

    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => meter.Forget(watch);

    public async Task<Answer<EventRecord>> Create(Operation operation, Caller caller, EventDetails details)
    {
        var title = Sale.Details is null ? await Titles.Claim(details.Title) : new(Outcome.Done, true, null);
        return await Commit(() => title.IsDone ? Sale.Create(operation, caller.UserId, details, Now()) : new Answer<EventRecord>(title.Outcome, null, title.Refusal));
    }

    public async Task<Answer<EventRecord>> Update(Operation operation, Caller caller, EventDetails details, uint remainingSeats, long[]? versions)
    {
        // Nobody may claim a title for an event that is not theirs or not as they know it, and a repeat needs none: the decision asks again, after the claim.
        if (!Sale.Exists || !caller.MayChange(Sale.Creator) || Sale.HasChangedSince(versions) || Sale.Knows(operation)) return await Decide();
        var before = Sale.Details.Title;
        var title = await Titles.Claim(details.Title);
        if (!title.IsDone) return await Commit(() => new Answer<EventRecord>(title.Outcome, null, title.Refusal));
        var answer = await Decide();
        await Titles.ReleaseUnused(answer.Outcome, before, details.Title, Sale.Details?.Title);
        return answer;

        Task<Answer<EventRecord>> Decide() => Commit(() => Sale.Update(operation, caller, details, remainingSeats, versions, Now()));
    }

    public Task<Answer<EventRecord>> Allot(Operation operation, int delta, long[]? versions) =>
        Commit(() => Sale.Allot(operation, delta, versions, Now()));

    public async Task<Answer<EventRecord>> Delete(Operation operation, Caller caller, long[]? versions)
    {
        var answer = await Commit(() => Sale.Delete(operation, caller, versions, Now()));
        if (answer.IsDone) await Titles.Release(answer.Value.Details.Title);
        return answer;
    }

    public async Task<Answer<TicketRecord>[]> BuyAll(Purchase[] purchases)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(purchases.Length, Purchases.MostAtOnce);
        // Another process that writes the journal could know better.
        if (board is not null && !journal.IsShared) ledger.Showcase ??= new(ledger, board, refusals);
        var basket = new Basket(purchases);
        // Time may pass while the provider works, so the sale decides afterwards.
        await basket.HandCardsOver(Cards, Sale, Now());
        var answers = await Commit<Answer<TicketRecord>[]>(() => basket.Buy(Sale, settings.PaymentTimeout, Now()));
        ledger.Showcase?.Answered(answers.Value, Now());
        return answers.IsDone ? refusals.Counted(answers.Value) : new Answer<TicketRecord>[purchases.Length];
    }

    public Task<Answer<TicketRecord>> Change(TicketChange change) => Commit(() => Sale.Change(change, Now()));

    public async Task<bool> Settle(SettledPayment[] payments)
    {
        var answer = await Commit<bool>(() =>
        {
            foreach (var payment in payments) Sale.Settle(payment, Now());
            return true;
        });
        return answer.IsDone;
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        chores.Woken();
        if (ledger.Stopped) return;
        // Another activation may have work that this one has not heard of: only who is up to date takes the reminder away.
        if (Sale.HasOpenWork) await BeginChores();
        else if ((await Commit<bool>(() => true)).IsDone && !Sale.HasOpenWork) await chores.End();
    }

    /// <summary>Decides, and answers when what was decided is durable: then as decided, otherwise unknown.</summary>
    private async Task<Answer<T>> Commit<T>(Func<Answer<T>> decide)
    {
        if (ledger.Stopped) return default;
        Task<bool> durable;
        Answer<T> answer;
        try
        {
            answer = decide();
            ledger.Showcase?.Decided();
            durable = ledger.Commit(Now());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Memory may be half changed: it must not be written from again.
            Leave(e);
            return default;
        }

        if (Sale.HasOpenWork) await BeginChores();
        if (!await durable)
        {
            if (ledger.Stopped) Leave(ledger.Failure);
            return default;
        }

        if (IsNobody()) departure.Begin(this, IsNobody);
        return refusals.Counted(answer);
    }

    private Task BeginChores() => chores.Begin(Sale.OpenWorkDue, Now());

    private bool IsNobody() => !Sale.Exists && !Sale.HasOpenWork;

    private void Leave(Exception? failure)
    {
        if (leaving) return;
        leaving = true;
        // A store that cannot write tells so itself, once for all events.
        if (failure is null) Log.JournalLost(log, ledger.Fenced ? LogLevel.Warning : LogLevel.Debug, key);
        else Log.LedgerAbandoned(log, key, failure);
        ledger.Stop();
        this.DeactivateOnIdle();
    }

    /// <summary>Does what is due without being asked, piece by piece; each piece is durable before anybody hears of it.</summary>
    private async Task Tidy()
    {
        // Payments that are awaited are work, but none of ours; each look at the journal would be.
        if (Sale.HasOpenWork && Now() < Sale.OpenWorkDue)
        {
            chores.Rest(Sale.OpenWorkDue, Now());
            return;
        }

        var more = true;
        while (more)
        {
            // The orders are read when they are decided: later ones are not durable yet.
            var orders = await Commit<KeyValuePair<TicketId, PaymentId>[]>(() =>
            {
                Sale.Tidy(Now(), Chores.TicketsAtOnce);
                return chores.NextOrders(Sale.Returns);
            });
            if (!orders.IsDone) return;
            var returned = await chores.ReturnMoney(orders.Value);
            more = returned.Count > 0 || Sale.HasWorkDue(Now());
            await Commit<int>(() =>
            {
                foreach (var ticket in returned) Sale.AcknowledgeReturn(ticket, Now());
                return returned.Count;
            });
        }

        if (!ledger.Stopped && !Sale.HasOpenWork) await chores.End();
    }

    /// <summary>The time to the millisecond, which is how exactly the journal keeps it.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
