using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Events;

/// <summary>
/// What keeps an event at work that nobody asks for: a timer while the event is awake, one reminder to wake it when it is not, and the outbox's
/// calls to payments. A chore may come late or twice; what it does is decided by the sale, from its deadlines.
/// </summary>
/// <param name="grain">The event.</param>
/// <param name="grains">Where payments are.</param>
/// <param name="work">What to do at each beat; it sets the next one.</param>
internal sealed class Chores(IGrainBase grain, IGrainFactory grains, Func<Task> work)
{
    /// <summary>How many tickets one piece of work ends: a few entries each, so one batch holds them.</summary>
    public const int TicketsAtOnce = 500;

    private const int ReturnsAtOnce = 64;

    /// <summary>The name of the reminder. Never changed: it is stored.</summary>
    internal const string Reminder = "open-work";

    /// <summary>How soon the reminder wakes an event, and how often.</summary>
    internal static readonly TimeSpan WakeAfter = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(2);
    // Deadlines are of the wall clock, which may be set, and timers are not.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(2);
    private IGrainTimer? timer;
    private DateTimeOffset next;
    private TicketId lastOrder;
    private bool reminded;
    // The last change of the reminder: changes are made one after the other, or an old one could undo a new one.
    private Task change = Task.CompletedTask;

    /// <summary>Sees to it that open work is done; completes when a reminder is stored that wakes the event even if its silo dies.</summary>
    /// <param name="due">From when on it can be done.</param>
    /// <param name="now">The time.</param>
    public Task Begin(DateTimeOffset due, DateTimeOffset now)
    {
        // Only ever sooner: or commands that come all the time would put off for ever what is due.
        if (timer is null || Beat(due, now) < next) Rest(due, now);
        if (reminded) return change;
        reminded = true;
        return change = Remind(change);
    }

    /// <summary>Sets the next beat. Thousands of events that wait for payments, each beating every other second for nothing, would keep a processor from those who sell.</summary>
    /// <param name="due">From when on there is something to do.</param>
    /// <param name="now">The time.</param>
    public void Rest(DateTimeOffset due, DateTimeOffset now)
    {
        next = Beat(due, now);
        if (timer is not null) timer.Change(next - now, Rhythm);
        // Interleaved: an organiser does not wait until the holders of fifty thousand tickets are told, or a provider has given money back.
        else timer = grain.RegisterGrainTimer(work, new() { DueTime = next - now, Period = Rhythm, KeepAlive = true, Interleave = true });
    }

    /// <summary>The reminder has come: there is one.</summary>
    public void Woken() => reminded = true;

    /// <summary>No work is open any more.</summary>
    public Task End()
    {
        timer?.Dispose();
        timer = null;
        if (!reminded) return change;
        reminded = false;
        return change = Forget(change);
    }

    /// <summary>The orders to carry out next: those after the ones before, so that orders that keep failing do not hold up the others.</summary>
    /// <param name="orders">All of them, in the order of tickets.</param>
    public KeyValuePair<TicketId, PaymentId>[] NextOrders(IReadOnlyDictionary<TicketId, PaymentId> orders)
    {
        var next = orders.SkipWhile(order => order.Key.Value <= lastOrder.Value).Take(ReturnsAtOnce).ToArray();
        if (next.Length == 0) next = [.. orders.Take(ReturnsAtOnce)];
        lastOrder = next.LastOrDefault().Key;
        return next;
    }

    /// <summary>Asks payments to give their money back.</summary>
    /// <returns>The tickets whose payments did, or had none to give.</returns>
    public async Task<IReadOnlyList<TicketId>> ReturnMoney(KeyValuePair<TicketId, PaymentId>[] orders)
    {
        var done = await Task.WhenAll(orders.Select(order => Return(order.Value)));
        return [.. orders.Zip(done).Where(pair => pair.Second).Select(pair => pair.First.Key)];
    }

    private async Task<bool> Return(PaymentId payment)
    {
        try
        {
            return (await grains.GetGrain<IPaymentGrain>(payment.ToString()).Return()).Outcome != Outcome.Unknown;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Asked again at the next beat; the others' money does not wait for this one's.
            return false;
        }
    }

    private static DateTimeOffset Beat(DateTimeOffset due, DateTimeOffset now) =>
        due < now + Rhythm ? now + Rhythm : due < now + LongestRest ? due : now + LongestRest;

    private async Task Remind(Task before)
    {
        await before;
        try
        {
            await grain.RegisterOrUpdateReminder(Reminder, WakeAfter, WakeAfter);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The next command tries again. Until then the payments job wakes the event.
            reminded = false;
        }
    }

    private async Task Forget(Task before)
    {
        await before;
        try
        {
            if (await grain.GetReminder(Reminder) is { } registered) await grain.UnregisterReminder(registered);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A reminder too many wakes the event once more, and is forgotten then.
        }
    }
}
