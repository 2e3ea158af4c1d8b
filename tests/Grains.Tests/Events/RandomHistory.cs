using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>One event's random life: each command goes to the sale and to the model, and afterwards both must stand alike.</summary>
internal sealed class RandomHistory
{
    private static readonly TimeSpan PaymentTimeout = TimeSpan.FromMinutes(10);
    private readonly Random random;
    private readonly SaleModel model;
    private readonly List<Operation> used = [];
    private readonly List<Purchase> purchases = [];
    private readonly UserId[] people;
    private readonly EventDetails details;
    private DateTimeOffset now = Bench.Start;
    private uint made;
    private string last = "";

    public RandomHistory(Random random)
    {
        this.random = random;
        Key = new(NewId());
        people = [.. Enumerable.Range(0, 4).Select(_ => new UserId(NewId()))];
        Sale = new(Key);
        model = new(Key);
        details = new("Carmen", "An evening of opera", "Opera house", Bench.Start.AddHours(random.Next(1, 12)), (uint)random.Next(1, 30), (uint)random.Next(1, 100));
        Create();
        Entries.AddRange(Sale.TakeDecided());
    }

    public EventKey Key { get; }

    public Sale Sale { get; private set; }

    public List<Entry> Entries { get; } = [];

    /// <summary>Does a number of commands.</summary>
    public void Live(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Step();
            Entries.AddRange(Sale.TakeDecided());
            Compare();
        }
    }

    /// <summary>Goes on with a sale that was read from bytes, as a fresh activation does.</summary>
    public void Reopen() => Sale = Sale.FromSnapshot(Key, Sale.ToSnapshot());

    private void Step()
    {
        if (random.Next(4) == 0) now = now.AddSeconds(random.Next(300));
        switch (random.Next(100))
        {
            case < 38: Buy(); break;
            case < 47: Move(); break;
            case < 58: End(); break;
            case < 63: Activate(); break;
            case < 67: DeleteTicket(); break;
            case < 82: Settle(); break;
            case < 87: Update(); break;
            case < 92: Tidy(); break;
            case < 98: AcknowledgeReturn(); break;
            case < 99: Create(); break;
            default:
                if (random.Next(4) == 0) Delete();
                break;
        }
    }

    private void Create()
    {
        var (operation, caller) = (NewOperation(), Caller(people[0]));
        Same("create", Sale.Create(operation, caller.UserId, details, now), model.Create(operation, caller, details, now));
    }

    private void Update()
    {
        var changed = details with
        {
            Capacity = (uint)random.Next(1, 30),
            Price = (uint)random.Next(1, 100),
            Title = $"Carmen {random.Next(3)}",
            Date = details.Date.AddMinutes(random.Next(2)),
            Location = random.Next(3) == 0 ? "Open air" : details.Location,
        };
        var remaining = (uint)random.Next(0, 30);
        var (operation, caller, versions) = (NewOperation(), Caller(people[0]), Versions());
        Same("update", Sale.Update(operation, caller, changed, remaining, versions, now), model.Update(operation, caller, changed, remaining, versions));
    }

    private void Delete()
    {
        var (operation, caller, versions) = (NewOperation(), Caller(people[0]), Versions());
        Same("delete", Sale.Delete(operation, caller, versions, now), model.Delete(operation, caller, versions));
    }

    private void Buy()
    {
        var repeated = purchases.Count > 0 && random.Next(10) == 0;
        var purchase = repeated
            ? purchases[random.Next(purchases.Count)]
            : new(NewOperation(), people[random.Next(people.Length)], (uint)random.Next(0, 31), random.Next(2) == 0 ? Currency.Eur : Currency.Usd, null!);
        if (!repeated) purchases.Add(purchase);
        var (ticket, payment, payBy) = (new TicketId(NewId()), new PaymentId(NewId()), now + PaymentTimeout);
        var early = Sale.CanAnswer(purchase.Operation, purchase.Seat, now, out var earlyAnswer);
        var answer = Sale.Buy(purchase, ticket, payment, "token", payBy, now);
        Same("buy", answer, model.Buy(purchase, ticket, payment, payBy, now));
        if (early && earlyAnswer != answer) throw new InvalidOperationException($"told {earlyAnswer} before, {answer} then");
    }

    private void Move()
    {
        if (Ticket() is not { } ticket) return;
        var change = new MoveSeat(NewOperation(), ticket.Id, Caller(ticket.UserId), (uint)random.Next(0, 31));
        Same("move", Sale.Move(change, now), model.Move(change, now));
    }

    private void End()
    {
        if (Ticket() is not { } ticket) return;
        var end = random.Next(2) == 0 ? TicketStatus.Cancelled : TicketStatus.Refunded;
        var change = new EndTicket(NewOperation(), ticket.Id, Caller(ticket.UserId), end);
        Same("end", Sale.End(change, now), model.End(change));
    }

    private void Activate()
    {
        if (Ticket() is not { } ticket) return;
        var change = new ActivateTicket(NewOperation(), ticket.Id, Service(ticket.UserId));
        Same("activate", Sale.Change(change, now), model.Activate(change, now));
    }

    private void DeleteTicket()
    {
        if (Ticket() is not { } ticket) return;
        var change = new DeleteTicket(NewOperation(), ticket.Id, Service(ticket.UserId));
        Same("delete ticket", Sale.Change(change, now), model.Delete(change, now));
    }

    private void Settle()
    {
        if (Ticket() is not { } ticket) return;
        var payment = new SettledPayment(random.Next(20) == 0 ? new(NewId()) : ticket.PaymentId, Key, ticket.Id, random.Next(4) > 0);
        Sale.Settle(payment, now);
        model.Settle(payment, now);
        last = $"settle {ticket.Id} {payment.Succeeded}";
    }

    private void Tidy()
    {
        var limit = random.Next(1, 6);
        Sale.Tidy(now, limit);
        model.Tidy(now, limit);
        last = $"tidy {limit}";
    }

    private void AcknowledgeReturn()
    {
        if (Ticket() is not { } ticket) return;
        Sale.AcknowledgeReturn(ticket.Id, now);
        model.AcknowledgeReturn(ticket.Id);
        last = $"acknowledge {ticket.Id}";
    }

    private TicketRecord? Ticket()
    {
        if (model.Tickets.Count == 0) return null;
        var record = model.Tickets[random.Next(model.Tickets.Count)].Record;
        return random.Next(50) == 0 ? record with { Id = new(NewId()) } : record;
    }

    /// <summary>Mostly a new operation; now and then one that was used, with the same content or with other.</summary>
    private Operation NewOperation()
    {
        if (used.Count > 0 && random.Next(12) == 0)
        {
            var again = used[random.Next(used.Count)];
            return random.Next(2) == 0 ? again : again with { Fingerprint = again.Fingerprint + 1 };
        }

        var operation = new Operation(new(0xAB, ++made), (ulong)random.NextInt64());
        used.Add(operation);
        return operation;
    }

    private Caller Caller(UserId owner) => random.Next(10) switch
    {
        0 => new(people[random.Next(people.Length)], Role.User),
        1 => new(people[random.Next(people.Length)], Role.Admin),
        _ => new(owner, Role.User),
    };

    private Caller Service(UserId owner) => random.Next(5) == 0 ? Caller(owner) : new(people[0], Role.Admin);

    /// <summary>What an organiser has seen: mostly does not matter, otherwise some version not long ago, or one that is yet to come.</summary>
    private long[]? Versions() => random.Next(3) switch
    {
        0 => [.. Enumerable.Range(0, random.Next(3)).Select(_ => Sale.Position + 1 - random.Next(8))],
        _ => null,
    };

    private RecordId NewId() => new(((ulong)now.ToUnixTimeSeconds() << 32) | (uint)random.Next(), ++made);

    private void Same<T>(string command, Answer<T> sale, Answer<T> expected)
    {
        last = $"{command}: {sale}";
        if (sale != expected) throw new InvalidOperationException($"{command}: the sale answered {sale}, the model {expected}");
    }

    private void Compare()
    {
        var seats = (Sale.Taken, Sale.Withheld, Sale.Remaining, Sale.Position, Sale.IsDeleted);
        var expected = (model.Taken, model.Withheld, model.Remaining, model.Position, model.Deleted);
        if (seats != expected) throw new InvalidOperationException($"after {last}: the sale has {seats}, the model {expected}");
        if (Sale.Taken + Sale.Withheld + Sale.Remaining != Sale.Details!.Capacity) throw new InvalidOperationException($"after {last}: seats do not add up");
        if (Sale.Record() != model.Record()) throw new InvalidOperationException($"after {last}: {Sale.Record()}, the model {model.Record()}");
        var returning = 0;
        foreach (var ticket in model.Tickets)
        {
            if (Sale.Ticket(ticket.Record.Id) != ticket.Record)
                throw new InvalidOperationException($"after {last}: the sale has {Sale.Ticket(ticket.Record.Id)}, the model {ticket.Record}");
            if (Sale.IsTicketDeleted(ticket.Record.Id) != ticket.IsHidden) throw new InvalidOperationException($"after {last}: {ticket.Record.Id} hidden: {!ticket.IsHidden}");
            if (!ticket.IsReturning) continue;
            returning++;
            if (!Sale.Returns.TryGetValue(ticket.Record.Id, out var payment) || payment != ticket.Record.PaymentId)
                throw new InvalidOperationException($"after {last}: the return of {ticket.Record.Id} is missing");
        }

        if (Sale.Returns.Count != returning) throw new InvalidOperationException($"after {last}: {Sale.Returns.Count} returns, the model {returning}");
        var open = returning > 0 || model.Tickets.Any(one => one.Status == TicketStatus.Pending) || (model.Deleted && model.Taken > 0)
            || model.Tickets.Any(one => one.MustHear);
        if (Sale.HasOpenWork != open) throw new InvalidOperationException($"after {last}: open work {Sale.HasOpenWork}, the model {open}");
    }
}
