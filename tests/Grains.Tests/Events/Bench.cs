using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>
/// A sale to try commands on, with a clock that a test moves. After each command the sale is compared with the book of its entries.
/// </summary>
internal sealed class Bench
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan PaymentTimeout = TimeSpan.FromMinutes(10);
    private static readonly CardDetails Card = new("4111111111111111", Start.AddYears(2), "123", "Ada Lovelace");
    private readonly SeatBook book = new();
    private uint made;

    public Bench(uint capacity = 25, bool create = true)
    {
        Key = new(NewId());
        Organiser = new(NewUser(), Role.EventCreator);
        Details = new("Carmen", "An evening of opera", "Opera house", Start.AddDays(30), capacity, 40);
        Sale = new(Key);
        if (create) Assert.True(Do(() => Sale.Create(NewOperation(), Organiser.UserId, Details, Now)).IsDone);
    }

    public EventKey Key { get; }

    public Sale Sale { get; }

    public EventDetails Details { get; }

    public Caller Organiser { get; }

    public DateTimeOffset Now { get; set; } = Start;

    /// <summary>All that was decided.</summary>
    public List<Entry> Entries { get; } = [];

    /// <summary>What the last command decided.</summary>
    public IReadOnlyList<Entry> Decided { get; private set; } = [];

    /// <summary>What holders were told, in order.</summary>
    public IEnumerable<(TicketId Ticket, Tidings Tidings)> Told => Entries.OfType<Told>().Select(told => (told.TicketId, told.Tidings));

    public RecordId NewId() => new(((ulong)Start.ToUnixTimeSeconds() << 32) | 0xBE_0000, ++made);

    public UserId NewUser() => new(NewId());

    public Operation NewOperation() => new(new(0xBE, ++made), made);

    public Purchase Purchase(uint seat, UserId? owner = null, Operation? operation = null, Currency currency = Currency.Eur) =>
        new(operation ?? NewOperation(), owner ?? NewUser(), seat, currency, Card);

    public Answer<TicketRecord> Buy(Purchase purchase) =>
        Do(() => Sale.Buy(purchase, new(NewId()), new(NewId()), "token", Now + PaymentTimeout, Now));

    public Answer<TicketRecord> Buy(uint seat) => Buy(Purchase(seat));

    /// <summary>A ticket that was bought, and paid unless said otherwise.</summary>
    public TicketRecord Ticket(uint seat, bool paid = true)
    {
        var answer = Buy(seat);
        Assert.True(answer.IsDone, $"seat {seat}: {answer.Refusal}");
        if (paid) Settle(answer.Value);
        return Sale.Ticket(answer.Value.Id);
    }

    public void Settle(TicketRecord ticket, bool succeeded = true) => Do(() =>
    {
        Sale.Settle(new(ticket.PaymentId, Key, ticket.Id, succeeded), Now);
        return true;
    });

    public Answer<TicketRecord> Move(TicketRecord ticket, uint seat, Operation? operation = null, Caller? caller = null) =>
        Do(() => Sale.Move(new(operation ?? NewOperation(), ticket.Id, caller ?? Holder(ticket), seat), Now));

    public Answer<TicketRecord> End(TicketRecord ticket, TicketStatus end, Operation? operation = null, Caller? caller = null) =>
        Do(() => Sale.End(new(operation ?? NewOperation(), ticket.Id, caller ?? Holder(ticket), end), Now));

    public Answer<EventRecord> Update(EventDetails details, uint remaining, Operation? operation = null, Caller? caller = null, long[]? versions = null) =>
        Do(() => Sale.Update(operation ?? NewOperation(), caller ?? Organiser, details, remaining, versions, Now));

    public Answer<EventRecord> Allot(int delta, Operation? operation = null, long[]? versions = null) =>
        Do(() => Sale.Allot(operation ?? NewOperation(), delta, versions, Now));

    public Answer<EventRecord> Delete(Operation? operation = null, Caller? caller = null, long[]? versions = null) =>
        Do(() => Sale.Delete(operation ?? NewOperation(), caller ?? Organiser, versions, Now));

    public Answer<TicketRecord> Activate(TicketRecord ticket, Operation? operation = null, Caller? caller = null) =>
        Do(() => Sale.Change(new ActivateTicket(operation ?? NewOperation(), ticket.Id, caller ?? Admin()), Now));

    public Answer<TicketRecord> Delete(TicketRecord ticket, Operation? operation = null, Caller? caller = null) =>
        Do(() => Sale.Change(new DeleteTicket(operation ?? NewOperation(), ticket.Id, caller ?? Admin()), Now));

    public void Tidy(int limit = 100) => Do(() =>
    {
        Sale.Tidy(Now, limit);
        return true;
    });

    public void AcknowledgeReturn(TicketRecord ticket) => Do(() =>
    {
        Sale.AcknowledgeReturn(ticket.Id, Now);
        return true;
    });

    public TicketStatus Status(TicketRecord ticket) => Sale.Ticket(ticket.Id).Status;

    public Caller Holder(TicketRecord ticket) => new(ticket.UserId, Role.User);

    public Caller Stranger() => new(NewUser(), Role.User);

    public Caller Admin() => new(NewUser(), Role.Admin);

    public T Do<T>(Func<T> command)
    {
        var answer = command();
        Decided = Sale.TakeDecided();
        Entries.AddRange(Decided);
        foreach (var entry in Decided) book.Add(entry);
        Compare();
        return answer;
    }

    private void Compare()
    {
        if (Sale.Details is null) return;
        Assert.Equal(Sale.Details.Capacity, Sale.Remaining + Sale.Taken + Sale.Withheld);
        Assert.Equal(Sale.Details.Capacity - (uint)book.Seats.Count - book.Withheld, Sale.Remaining);
        Assert.Equal(Entries.Count, Sale.Position);
        Assert.Equal(book.Returns.Order(Comparer<TicketId>.Create((a, b) => a.Value.CompareTo(b.Value))), Sale.Returns.Keys);
        foreach (var (id, line) in book.Tickets)
        {
            var ticket = Sale.Ticket(id);
            Assert.Equal((line.Seat, line.Status, line.PaymentId), (ticket.SeatNumber, ticket.Status, ticket.PaymentId));
        }
    }
}
