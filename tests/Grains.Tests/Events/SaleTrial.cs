using System.Text;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>One event's life: each command goes to the sale and to the model, which must answer alike and stand alike.</summary>
internal sealed class SaleTrial
{
    private const int StepsPerInspection = 8;
    private const int LivesPerCheck = 8;
    private static readonly EventKey Key = new(new(1, 1));
    private static readonly UserId[] People = [.. Enumerable.Range(1, 4).Select(number => new UserId(new(2, (uint)number)))];
    private readonly SaleModel model = new(Key);
    private readonly SaleJournal journal = new(Key);
    private readonly List<(Operation Operation, Action<Operation> Command)> given = [];
    private readonly EventDetails details;
    private readonly StringBuilder? log;
    private Sale sale = new(Key);
    private DateTimeOffset now = Bench.Start;
    private uint made;

    private SaleTrial(int capacity, StringBuilder? log)
    {
        this.log = log;
        details = new("Carmen", "An evening of opera", "Opera house", Bench.Start.AddHours(2), (uint)capacity, 40);
    }

    /// <summary>Lives a life.</summary>
    /// <exception cref="InvalidOperationException">Sale and model differ.</exception>
    public static void Live(int capacity, SaleStep[] steps) => new SaleTrial(capacity, null).Live(steps);

    /// <summary>Lives a life once more, and tells it.</summary>
    public static string Tell(int capacity, SaleStep[] steps)
    {
        var log = new StringBuilder().AppendLine();
        try
        {
            new SaleTrial(capacity, log).Live(steps);
        }
        catch (InvalidOperationException e)
        {
            log.AppendLine(e.Message);
        }

        return log.ToString();
    }

    private void Live(SaleStep[] steps)
    {
        Take(new SaleStep(Act.Create, 0, 0, 0, 0, 0, 0));
        for (var i = 0; i < steps.Length; i++)
        {
            Take(steps[i]);
            if (i % StepsPerInspection == 0) SaleInspection.Compare(sale, model, now);
        }

        SaleInspection.Compare(sale, model, now);
        journal.ReplayEachWay(sale);
        if (steps.Length % LivesPerCheck == 0) journal.Check(sale);
    }

    private void Take(SaleStep step)
    {
        switch (step.Act)
        {
            case Act.Wait: Wait(step); break;
            case Act.Wake: sale = journal.Wake(sale, step.Choice); break;
            case Act.Again: Again(step); break;
            case Act.Settle: Settle(step); break;
            case Act.Tidy: Tidy(1 + (step.Choice % 6)); break;
            case Act.Acknowledge: Acknowledge(step); break;
            default:
                if (Command(step) is not { } command) return;
                var operation = Operation(step.Reuse);
                given.Add((operation, command));
                command(operation);
                break;
        }

        Settled(step);
    }

    /// <summary>After each step: what was decided is what the model foresaw, and its bytes are read as it was.</summary>
    private void Settled(SaleStep step)
    {
        var decided = sale.TakeDecided();
        journal.Append(decided);
        var told = decided.OfType<Told>().Select(entry => (entry.TicketId, entry.Tidings));
        if (!told.SequenceEqual(model.Letters)) throw new InvalidOperationException($"{step.Act}: told {string.Join(", ", told)}, the model {string.Join(", ", model.Letters)}");
        model.Letters.Clear();
        if (sale.Position != model.Position) throw new InvalidOperationException($"{step.Act}: the sale is at {sale.Position}, the model at {model.Position}");
    }

    private Action<Operation>? Command(SaleStep step) => step.Act switch
    {
        Act.Create => Create(step),
        Act.Update => Update(step),
        Act.Allot => Allot(step),
        Act.Delete => Delete(step),
        Act.Buy => Buy(step),
        Act.Move => Move(step),
        Act.End => End(step),
        Act.Activate => Activate(step),
        Act.DeleteTicket => DeleteTicket(step),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private Action<Operation> Create(SaleStep step)
    {
        var (caller, wanted) = (Caller(step.Who, People[0]), details with { Date = details.Date.AddTicks(step.Choice) });
        return operation => Same($"create", sale.Create(operation, caller.UserId, wanted, now), model.Create(operation, caller, wanted, now));
    }

    private Action<Operation> Update(SaleStep step)
    {
        var wanted = details with
        {
            Capacity = step.Seat == 17 ? uint.MaxValue : (uint)step.Seat,
            Price = (uint)(1 + (step.Choice % 5)),
            Title = step.Choice % 2 == 0 ? "Carmen" : "La forza del destino",
            Date = (step.Choice % 16 == 0 ? now : details.Date).AddMinutes(step.Ticket % 2).AddTicks(step.Choice),
            Location = step.Ticket % 3 == 0 ? "Open air" : "Opera house",
        };
        var (caller, versions) = (Caller(step.Who, People[0]), Versions(step));
        var remaining = step.Choice == 999 ? uint.MaxValue : (uint)(step.Choice % 18);
        return operation => Same(
            $"update {caller} {wanted} {remaining} {Text(versions)}", sale.Update(operation, caller, wanted, remaining, versions, now), model.Update(operation, caller, wanted, remaining, versions));
    }

    private Action<Operation> Allot(SaleStep step)
    {
        var versions = Versions(step);
        var delta = step.Choice switch { 0 => int.MinValue, 1 => int.MaxValue, _ => (step.Choice % 11) - 5 };
        return operation => Same($"allot {delta} {Text(versions)}", sale.Allot(operation, delta, versions, now), model.Allot(operation, delta, versions));
    }

    private Action<Operation> Delete(SaleStep step)
    {
        var (caller, versions) = (Caller(step.Who, People[0]), Versions(step));
        return operation => Same($"delete {caller} {Text(versions)}", sale.Delete(operation, caller, versions, now), model.Delete(operation, caller, versions));
    }

    private Action<Operation> Buy(SaleStep step)
    {
        var (owner, seat, currency) = (People[step.Ticket % People.Length], Seat(step), step.Choice % 2 == 0 ? Currency.Eur : Currency.Usd);
        // A setting that a restart may change.
        var timeout = TimeSpan.FromMinutes(step.Choice % 5 == 0 ? 5 : 10);
        return operation =>
        {
            var purchase = new Purchase(operation, owner, seat, currency, null!);
            var early = sale.CanAnswer(operation, seat, now, out var answer) ? answer : (Answer<TicketRecord>?)null;
            var expected = model.Early(operation, seat, now);
            if (early != expected) throw new InvalidOperationException($"buy {seat}: the sale can answer {Shown(early)}, the model {Shown(expected)}");
            // As a grain does, a buyer who can be answered at once does not come to the sale; but one may, if time passes meanwhile.
            if (early is not null && step.Choice % 3 > 0) return;
            var (ticket, payment, payBy) = (new TicketId(NewId()), new PaymentId(NewId()), now + timeout);
            Same($"buy {seat} for {owner} until {payBy:T}", sale.Buy(purchase, ticket, payment, "token", payBy, now), model.Buy(purchase, ticket, payment, payBy, now));
        };
    }

    private Action<Operation>? Move(SaleStep step)
    {
        if (Ticket(step) is not { } ticket) return null;
        var (caller, seat) = (Caller(step.Who, ticket.UserId), Seat(step));
        return operation =>
        {
            var change = new MoveSeat(operation, ticket.Id, caller, seat);
            Same($"{change}", sale.Change(change, now), model.Move(change, now));
        };
    }

    private Action<Operation>? End(SaleStep step)
    {
        if (Ticket(step) is not { } ticket) return null;
        var (caller, end) = (Caller(step.Who, ticket.UserId), step.Choice % 2 == 0 ? TicketStatus.Cancelled : TicketStatus.Refunded);
        return operation =>
        {
            var change = new EndTicket(operation, ticket.Id, caller, end);
            Same($"{change}", sale.Change(change, now), model.End(change));
        };
    }

    private Action<Operation>? Activate(SaleStep step)
    {
        if (Ticket(step) is not { } ticket) return null;
        var caller = Service(step.Who, ticket.UserId);
        return operation =>
        {
            var change = new ActivateTicket(operation, ticket.Id, caller);
            Same($"{change}", sale.Change(change, now), model.Activate(change, now));
        };
    }

    private Action<Operation>? DeleteTicket(SaleStep step)
    {
        if (Ticket(step) is not { } ticket) return null;
        var caller = Service(step.Who, ticket.UserId);
        return operation =>
        {
            var change = new DeleteTicket(operation, ticket.Id, caller);
            Same($"{change}", sale.Change(change, now), model.Delete(change, now));
        };
    }

    private void Settle(SaleStep step)
    {
        if (Ticket(step) is not { } ticket) return;
        var payment = step.Choice % 20 == 0 ? new PaymentId(NewId()) : ticket.PaymentId;
        var settled = new SettledPayment(payment, Key, ticket.Id, step.Choice % 4 > 0);
        Note($"settle {settled}");
        sale.Settle(settled, now);
        model.Settle(settled, now);
    }

    private void Tidy(int limit)
    {
        Note($"tidy {limit}");
        sale.Tidy(now, limit);
        model.Tidy(now, limit);
    }

    private void Acknowledge(SaleStep step)
    {
        if (Ticket(step) is not { } ticket) return;
        Note($"acknowledge {ticket.Id}");
        sale.AcknowledgeReturn(ticket.Id, now);
        model.AcknowledgeReturn(ticket.Id);
    }

    private void Again(SaleStep step)
    {
        if (given.Count == 0) return;
        var (operation, command) = given[step.Ticket % given.Count];
        Note($"again:");
        command(step.Choice % 3 == 0 ? operation with { Fingerprint = operation.Fingerprint + 1 } : operation);
    }

    /// <summary>Clocks go on a little or much, to a deadline exactly or just past it, and sometimes back.</summary>
    private void Wait(SaleStep step)
    {
        now = (step.Choice % 16) switch
        {
            < 8 => now.AddMilliseconds(step.Choice * 100),
            < 10 => now.AddMinutes(3),
            10 => Later(now, Deadline(step)),
            11 => Later(now, Deadline(step).AddMilliseconds(1)),
            12 => Later(now, model.Details.Date),
            13 => now.AddHours(step.Choice < 100 ? 1 : 0),
            _ => now.AddMilliseconds(-step.Choice * 5),
        };
        Note($"clock");
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private DateTimeOffset Deadline(SaleStep step) => model.Tickets.Count == 0 ? now : model.Tickets[step.Ticket % model.Tickets.Count].PayBy;

    private uint Seat(SaleStep step) => step.Seat == 17 ? uint.MaxValue : (uint)step.Seat % (Math.Min(model.Details.Capacity, 16) + 2);

    /// <summary>Mostly a ticket that was sold; sometimes one that never was.</summary>
    private TicketRecord? Ticket(SaleStep step)
    {
        if (model.Tickets.Count == 0) return null;
        var record = model.Tickets[step.Ticket % model.Tickets.Count].Record;
        return step.Choice % 64 == 0 ? record with { Id = new(NewId()) } : record;
    }

    private Operation Operation(int reuse)
    {
        if (reuse == 0 || given.Count == 0) return new(new(0xAB, ++made), made);
        var used = given[reuse / 2 % given.Count].Operation;
        return reuse % 2 == 1 ? used : used with { Fingerprint = used.Fingerprint + 1 };
    }

    private static Caller Caller(int who, UserId owner) => who switch
    {
        0 => new(owner, Role.User),
        1 => new(People[0], Role.Admin),
        _ => new(People[(who - 2) / 4], (Role)((who - 2) % 4)),
    };

    private static Caller Service(int who, UserId owner) => who == 0 ? new(People[0], Role.Admin) : Caller(who, owner);

    /// <summary>Versions not long ago, or yet to come.</summary>
    private long[]? Versions(SaleStep step) => step.Seen switch
    {
        0 => null,
        1 => [],
        < 10 => [model.Position + 3 - step.Seen],
        _ => [model.Position + 1 - step.Seen, model.Position + 8 - step.Seen],
    };

    private RecordId NewId() => new(((ulong)now.ToUnixTimeSeconds() << 32) | (++made * 7919 % 4), made);

    private void Note(FormattableString what) => log?.AppendLine($"{now:HH:mm:ss.fff} {FormattableString.Invariant(what)}");

    private static string Text(long[]? versions) => versions is null ? "" : $"if {string.Join(" or ", versions)}";

    private void Same<T>(FormattableString command, Answer<T> actual, Answer<T> expected)
    {
        Note($"{command}: {Shown<T>(actual)}");
        if (actual != expected) throw new InvalidOperationException($"{command}: the sale answered {Shown<T>(actual)}, the model {Shown<T>(expected)}");
    }

    private static string Shown<T>(Answer<T>? answer) => answer is { } given ? (given.IsDone ? $"{given.Value}" : $"{given.Refusal}") : "nothing yet";
}
