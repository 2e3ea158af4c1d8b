using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Events;
using Ticketing.Grains.Payments;
using Ticketing.Storage;
using Reply = Ticketing.Grains.Abstractions.Outcome;

namespace Ticketing.Simulation.Tests;

/// <summary>What everybody was promised, and whether it was kept. Built from the durable batches by code of its own, and from what people were answered.</summary>
internal sealed class Books(World world)
{
    private readonly SortedDictionary<RecordId, Account> accounts = [];
    private readonly Dictionary<OperationId, (RecordId Event, Entry Entry)> carriedOut = [];
    private readonly Dictionary<OperationId, (object Answer, long Step)> answers = [];

    /// <summary>The first promise that was broken.</summary>
    public string? Violation { get; private set; }

    public bool HasViolation => Violation is not null;

    /// <summary>How many tickets were sold.</summary>
    public int Sold => accounts.Values.Sum(account => account.Tickets.Count);

    /// <summary>A promise was broken.</summary>
    public void Violate(string what)
    {
        if (Violation is not null) return;
        Violation = what;
        world.Scheduler.Note($"VIOLATION: {what}");
    }

    /// <summary>A batch became durable.</summary>
    public void Note(RecordId key, JournalBatch batch)
    {
        if (!accounts.TryGetValue(key, out var account)) accounts.Add(key, account = new(key, () => world.Scheduler.Steps, Violate));
        foreach (var entry in account.Add(batch))
        {
            if (OperationOf(entry) is { } operation && !carriedOut.TryAdd(operation.Id, (key, entry))) Violate($"operation {operation.Id.Low} was carried out twice");
        }
    }

    /// <summary>Somebody was answered "unknown".</summary>
    public void Unknown(Operation operation)
    {
        if (world.Chaos.IsCalm) Violate($"operation {operation.Id.Low} was answered unknown although nothing went wrong");
    }

    /// <summary>Somebody was answered.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="needsEntry">Whether "done" means that an entry of this operation is durable.</param>
    /// <param name="seat">The seat that was asked for, and when.</param>
    public void Answered<T>(Operation operation, Answer<T> answer, bool needsEntry, (EventKey Event, uint Number, long AskedAt)? seat = null)
        where T : class
    {
        if (answer.Outcome == Reply.Unknown) return;
        if (!answer.IsDone)
        {
            // Of two askings at once, the one that was refused may have been decided first.
            if (carriedOut.ContainsKey(operation.Id) && answers.TryGetValue(operation.Id, out var done) && (seat is null || done.Step < seat.Value.AskedAt)) Violate($"operation {operation.Id.Low} was done, and then refused: {answer.Refusal}");
            if (answer.Refusal == Refusal.SeatTaken && seat is { } wanted && !accounts[wanted.Event.Value].WasTakenSince(wanted.Number, wanted.AskedAt))
                Violate($"seat {wanted.Number} was refused as taken, and was free from when it was asked for");
            if (answer.Refusal == Refusal.SoldOut && seat is { } any && !accounts[any.Event.Value].WasFullSince(any.AskedAt))
                Violate($"a seat was refused as sold out, and there were seats from when it was asked for");
            if (answer.Refusal == Refusal.OperationIdReused) Violate($"operation {operation.Id.Low} was refused as another one");
            return;
        }

        // What found nothing to change (a ticket that had ended so already) is no operation of the ledger's.
        if (!answers.TryAdd(operation.Id, (answer.Value, world.Scheduler.Steps)) && carriedOut.ContainsKey(operation.Id) && answers[operation.Id].Answer is var before && !before.Equals(answer.Value))
            Violate($"operation {operation.Id.Low} was answered {before}, and then {answer.Value}");
        if (needsEntry && !carriedOut.ContainsKey(operation.Id)) Violate($"operation {operation.Id.Low} was answered before it was durable");
        if (answer.Value is TicketRecord ticket) CheckAnswered(operation, ticket);
    }

    /// <summary>What is still to be done without being asked, or nothing.</summary>
    public string? Unsettled()
    {
        foreach (var account in accounts.Values)
        {
            if (account.Unsettled() is { } work) return $"event {account.Key}: {work}";
        }

        if (world.Store.Rows(Tables.Payments).Select(Tables.Payments.Read).FirstOrDefault(one => one.NextAt is not null) is { } payment) return $"payment {payment.Payment} is due";
        if (world.Store.Rows(Tables.Notifications).Select(Tables.Notifications.Read).FirstOrDefault(one => one.NextAt is not null) is { } mail) return $"notification {mail.Notification} is due";
        return null;
    }

    /// <summary>Closes the books, when all is at rest.</summary>
    public void Check()
    {
        foreach (var account in accounts.Values)
        {
            account.CheckEnd();
            CheckHistory(account.Key);
            CheckRecords(account);
            foreach (var ticket in account.Tickets.Values) CheckMoney(ticket);
            CheckMails(account);
        }

        CheckStrangers();
        // A claim to a title lapses after minutes (Claim), which silos that are an hour apart do not agree on.
        if (!world.Chaos.HasMovedClocks && accounts.Values.Where(account => account is { Title: not null, IsDeleted: false }).GroupBy(account => account.Title).FirstOrDefault(group => group.Count() > 1) is { } same) Violate($"two events have the title {same.Key}");
        foreach (var (operation, (answer, _)) in answers)
        {
            if (answer is TicketRecord ticket && !accounts[ticket.EventId.Value].Tickets.ContainsKey(ticket.Id)) Violate($"ticket {ticket.Id} was sold by operation {operation.Low} and is lost");
        }
    }

    private static Operation? OperationOf(Entry entry) => entry switch
    {
        DetailsSet set => set.Operation,
        Deleted deleted => deleted.Operation,
        Purchased bought => bought.Operation,
        ActivatedByHand activated => activated.Operation,
        SeatMoved moved => moved.Operation,
        TicketEnded ended => ended.Operation,
        TicketDeleted deleted => deleted.Operation,
        _ => null,
    };

    private void CheckAnswered(Operation operation, TicketRecord ticket)
    {
        if (!accounts.TryGetValue(ticket.EventId.Value, out var account) || !account.Tickets.TryGetValue(ticket.Id, out var durable))
        {
            Violate($"operation {operation.Id.Low} was answered with ticket {ticket.Id}, which is not durable");
            return;
        }

        // As it stands at the moment is only promised of what is final.
        if (ticket.Status is TicketStatus.Cancelled or TicketStatus.Refunded && durable.Status != ticket.Status) Violate($"ticket {ticket.Id} was answered as {ticket.Status} and is {durable.Status}");
        if (carriedOut.TryGetValue(operation.Id, out var done) && done.Entry is Purchased bought && (bought.TicketId != ticket.Id || bought.Seat != ticket.SeatNumber))
            Violate($"operation {operation.Id.Low} was answered {ticket}, and sold {bought}");
    }

    /// <summary>The checker that anybody can run finds nothing either.</summary>
    private void CheckHistory(RecordId key)
    {
        var history = new LedgerHistory(new(key));
        var checker = new History.HistoryChecker(new History.CheckTable());
        checker.Add(history.Head);
        foreach (var line in world.Store.Journal(key, 0, int.MaxValue).SelectMany(history.Next)) checker.Add(line);
        if (checker.Finish() is { Holds: false } table && table.Checks.First(check => check.Violations > 0) is { } broken) Violate($"the checker finds in event {key}: {broken.Name}: {broken.First[0].What}");
    }

    private void CheckRecords(Account account)
    {
        var rows = world.Store.Rows(Tables.Tickets).Select(Tables.Tickets.Read).Where(row => row.Ticket.EventId.Value == account.Key).ToDictionary(row => row.Ticket.Id);
        if (rows.Count != account.Tickets.Count) Violate($"event {account.Key}: {account.Tickets.Count} tickets, {rows.Count} records");
        foreach (var ticket in account.Tickets.Values)
        {
            if (!rows.TryGetValue(ticket.Id, out var row)) Violate($"ticket {ticket.Id} has no record");
            else if (row.Ticket.SeatNumber != ticket.Seat || row.Ticket.Status != ticket.Status || row.Ticket.PaymentId != ticket.Payment || row.Ticket.UserId != ticket.Owner || new Money(row.Ticket.Price, row.Ticket.Currency) != ticket.Price || row.IsDeleted != ticket.IsDeleted)
                Violate($"the record of ticket {ticket.Id} is {row}, its ledger says seat {ticket.Seat}, {ticket.Status}");
        }

        // An organiser who gave up may leave a journal that was opened and no more.
        if (account.Title is null) return;
        if (world.Store.Find(Tables.Events, Cell.Of(account.Key)) is not { } stored) Violate($"event {account.Key} has no record");
        else if (Tables.Events.Read(stored) is var record && (record.Event.RemainingSeats != account.Remaining || record.IsDeleted != account.IsDeleted || record.Event.Details.Capacity != account.Capacity || record.Event.Details.Title != account.Title))
            Violate($"the record of event {account.Key} is {record}, its ledger says {account.Remaining} of {account.Capacity}");
    }

    private void CheckMoney(Account.Ticket ticket)
    {
        var bank = world.Bank.Accounts.GetValueOrDefault(ticket.Payment);
        var (taken, returned) = (bank?.Taken ?? 0, bank?.Returned ?? 0);
        if (taken > 0 && bank!.Amount != ticket.Price.Amount) Violate($"ticket {ticket.Id} costs {ticket.Price}, and {bank.Amount} was taken");
        if (ticket.Status == TicketStatus.Active)
        {
            if (returned > 0) Violate($"ticket {ticket.Id} is Active and its money was returned");
            if (taken == 0 && !ticket.ByHand) Violate($"ticket {ticket.Id} is Active and was never paid");
        }
        else if (taken != returned)
        {
            Violate($"ticket {ticket.Id} is {ticket.Status}, and its money was taken {taken} and returned {returned} times");
        }
        else if (taken == 0 && bank is { IsVoid: false, Declines: false })
        {
            Violate($"ticket {ticket.Id} is {ticket.Status}, and its money may still be taken");
        }

        var row = world.Store.Find(Tables.Payments, Cell.Of(ticket.Payment.Value));
        var payment = row is null ? null : Tables.Payments.Read(row).Payment;
        var expected = (taken, returned) switch
        {
            (1, 0) => PaymentStatus.Success,
            (1, 1) => PaymentStatus.Refunded,
            _ => PaymentStatus.Failed,
        };
        if (payment?.Status != expected) Violate($"the payment of ticket {ticket.Id} is {payment?.Status}, and money was taken {taken} and returned {returned} times");
    }

    private void CheckMails(Account account)
    {
        foreach (var id in account.Told)
        {
            var row = world.Store.Find(Tables.Notifications, Cell.Of(id));
            if (row is null)
            {
                Violate($"notification {id} was never born");
                continue;
            }

            var notification = Tables.Notifications.Read(row).Notification!;
            if (notification.Status != NotificationStatus.Sent) Violate($"notification {id} is {notification.Status}");
            if (!world.Mail.Mails.TryGetValue(id.ToString(), out var mails)) Violate($"notification {id} was not sent");
            else if (mails is [var first, ..] && mails.Exists(mail => mail != first)) Violate($"notification {id} was sent with different words");
            else if (world.Chaos.IsCalm && mails is { Count: > 1 }) Violate($"notification {id} was sent {mails.Count} times although nothing went wrong");
        }

        var born = world.Store.Count(Tables.Notifications);
        var told = accounts.Values.Sum(one => one.Told.Count);
        if (born != told) Violate($"{told} things were told, and {born} notifications born");
    }

    /// <summary>Nobody pays for what is no ticket, and nobody is told what no ledger says.</summary>
    private void CheckStrangers()
    {
        var payments = accounts.Values.SelectMany(account => account.Tickets.Values).Select(ticket => ticket.Payment).ToHashSet();
        foreach (var (payment, _) in world.Bank.Accounts.Where(account => account.Value.Taken > 0 && !payments.Contains(account.Key))) Violate($"money was taken for payment {payment}, which is no ticket's");
        var told = accounts.Values.SelectMany(account => account.Told).Select(id => id.ToString()).ToHashSet();
        foreach (var (key, _) in world.Mail.Mails.Where(mail => !told.Contains(mail.Key))) Violate($"a mail was sent under the key {key}, which is no notification's");
    }

    /// <summary>A snapshot is what the batches up to its own add up to, byte for byte, and wakes as just that.</summary>
    public void CheckSnapshot(RecordId key, Snapshot snapshot)
    {
        var whole = new Sale(new(key));
        foreach (var batch in world.Store.Journal(key, 0, int.MaxValue).TakeWhile(batch => batch.Number <= snapshot.Number))
        {
            foreach (var entry in EntryFormat.Read(batch.Payload)) whole.Apply(entry);
        }

        var woken = Sale.FromSnapshot(new(key), snapshot.Payload);
        if (!whole.ToSnapshot().AsSpan().SequenceEqual(snapshot.Payload) || woken.Record() != whole.Record() || !woken.Tickets.SequenceEqual(whole.Tickets) || !woken.Returns.SequenceEqual(whole.Returns))
            Violate($"event {key}: the snapshot after batch {snapshot.Number} is not what its journal adds up to");
    }

    /// <summary>A payment that has nothing more to tell has been heard: its ticket does not wait for it.</summary>
    public void CheckTold(PaymentState payment)
    {
        if (payment is { NextAt: null, Payment: { Status: PaymentStatus.Success } told } && accounts[told.EventId.Value].Tickets[told.TicketId].Status == TicketStatus.Pending)
            Violate($"the payment of ticket {told.TicketId} has nothing more to tell, and the ticket is Pending");
    }
}
