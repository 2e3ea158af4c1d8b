using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Simulation.Tests.Runtime;
using Reply = Ticketing.Grains.Abstractions.Outcome;

namespace Ticketing.Simulation.Tests;

/// <summary>
/// Organisers and buyers, through gateways that never die. Each asks again with the same operation id when the answer is unknown, sometimes twice at once, and sometimes
/// long after it was answered.
/// </summary>
internal sealed class Crowd(World world)
{
    private static readonly DateTimeOffset Date = Scheduler.Beginning.AddDays(30);
    private readonly List<EventKey> events = [];
    private readonly List<TicketId> tickets = [];
    private readonly List<PaymentId> payments = [];
    private uint capacity;
    private ulong operations;
    private int busy;

    /// <summary>Whether everybody has done what they came for.</summary>
    public bool IsDone => busy == 0;

    /// <summary>Opens the doors.</summary>
    public void Begin()
    {
        capacity = (uint)world.Scheduler.Luck.Next(2, 8);
        for (var number = world.Scheduler.Luck.Next(1, 4); number > 0; number--)
        {
            var key = EventKey.New(Scheduler.Beginning);
            Enter($"organiser {number}", person => Organise(person, key));
        }

        for (var number = world.Scheduler.Luck.Next(3, 10); number > 0; number--) Enter($"buyer {number}", Buy);
        if (!world.Chaos.IsCalm) Enter("operator", Hurry);
    }

    /// <summary>
    /// Somebody looks at each event once more. A change whose outcome was unknown, and that nobody asked for again, may lack its records until its event wakes.
    /// </summary>
    public void LookAgain()
    {
        foreach (var (key, _) in world.Store.Journals.ToArray()) Enter($"visitor of {key}", async person =>
        {
            var change = new ActivateTicket(NewOperation(), new TicketId(new RecordId(1, 1)), new Caller(person.Id, Role.Admin));
            await Change(person.Grains.GetGrain<IEventGrain>(key.ToString()), change);
        });
    }

    private void Enter(string name, Func<Person, Task> visit)
    {
        busy++;
        var turns = new Turns(world.Scheduler, name, null);
        var person = new Person(new GrainClient(world, turns), new UserId(RecordId.New(Scheduler.Beginning)), turns);
        turns.Post(() => _ = Visit());

        async Task Visit()
        {
            try
            {
                await visit(person);
            }
            catch (Exception e)
            {
                world.Books.Violate($"{name} was answered with a fault: {e}");
            }

            busy--;
        }
    }

    private async Task Organise(Person person, EventKey key)
    {
        var caller = new Caller(person.Id, Role.Admin);
        var grain = person.Grains.GetGrain<IEventGrain>(key.ToString());
        var details = new EventDetails(AnyTitle(key), "", "Here", Date, capacity, 1000);
        var create = NewOperation();
        var made = await Settle(create, () => grain.Create(create, caller, details), needsEntry: true);
        if (!made.IsDone) return;
        events.Add(key);
        for (var count = world.Scheduler.Luck.Next(8); count > 0; count--)
        {
            await Pause();
            switch (world.Scheduler.Luck.Next(8))
            {
                case < 2:
                    var (allot, delta) = (NewOperation(), world.Scheduler.Luck.Next(-2, 3));
                    await Settle(allot, () => grain.Allot(allot, delta, null), needsEntry: true);
                    break;
                case < 4:
                    var update = NewOperation();
                    var changed = details with { Title = world.Scheduler.OneIn(2) ? AnyTitle(key) : details.Title, Location = world.Scheduler.OneIn(2) ? "There" : "Here", Capacity = capacity + (uint)world.Scheduler.Luck.Next(3) };
                    var remaining = (uint)world.Scheduler.Luck.Next((int)capacity);
                    await Settle(update, () => grain.Update(update, caller, changed, remaining, null), needsEntry: true);
                    break;
                case 4 when tickets.Count > 0:
                    var activate = NewOperation();
                    await Change(grain, new ActivateTicket(activate, AnyTicket(), caller));
                    break;
                case 5 when tickets.Count > 0:
                    await Change(grain, new DeleteTicket(NewOperation(), AnyTicket(), caller));
                    break;
                case 6 when world.Scheduler.OneIn(6):
                    var delete = NewOperation();
                    await Settle(delete, () => grain.Delete(delete, caller, null), needsEntry: true);
                    break;
                default:
                    break;
            }
        }
    }

    private async Task Buy(Person person)
    {
        var caller = new Caller(person.Id, Role.User);
        var mine = new List<(EventKey Event, TicketId Ticket)>();
        var purchases = new List<(EventKey Event, Purchase Purchase)>();
        for (var count = world.Scheduler.Luck.Next(3, 14); count > 0; count--)
        {
            await Pause();
            if (events.Count == 0) continue;
            var key = events[world.Scheduler.Luck.Next(events.Count)];
            var grain = person.Grains.GetGrain<IEventGrain>(key.ToString());
            var choice = world.Scheduler.Luck.Next(10);
            if (choice < 2 && mine.Count > 0)
            {
                var (@event, ticket) = mine[world.Scheduler.Luck.Next(mine.Count)];
                await Change(person.Grains.GetGrain<IEventGrain>(@event.ToString()), new EndTicket(NewOperation(), ticket, caller, world.Scheduler.OneIn(2) ? TicketStatus.Refunded : TicketStatus.Cancelled));
            }
            else if (choice == 2 && mine.Count > 0)
            {
                var (@event, ticket) = mine[world.Scheduler.Luck.Next(mine.Count)];
                await Change(person.Grains.GetGrain<IEventGrain>(@event.ToString()), new MoveSeat(NewOperation(), ticket, caller, AnySeat()));
            }
            else if (choice is 3 or 4 && purchases.Count > 0)
            {
                var (@event, earlier) = purchases[world.Scheduler.Luck.Next(purchases.Count)];
                await Purchase(person, @event, earlier, mine);
            }
            else
            {
                var card = new CardDetails("4111111111111111", Date, "123", world.Scheduler.OneIn(6) ? "poor" : "rich");
                var purchase = new Purchase(NewOperation(), person.Id, AnySeat(), Currency.Eur, card);
                purchases.Add((key, purchase));
                await Purchase(person, key, purchase, mine);
            }
        }
    }

    /// <summary>Somebody who does not wait for the jobs, and so calls payments when nobody expects it.</summary>
    private async Task Hurry(Person person)
    {
        for (var count = world.Scheduler.Luck.Next(40); count > 0; count--)
        {
            await Pause();
            if (payments.Count == 0) continue;
            try
            {
                await person.Grains.GetGrain<IPaymentGrain>(payments[world.Scheduler.Luck.Next(payments.Count)].ToString()).Settle();
            }
            catch (Exception e) when (e is TimeoutException or OrleansException)
            {
                // The jobs do it.
            }
        }
    }

    private async Task Purchase(Person person, EventKey key, Purchase purchase, List<(EventKey Event, TicketId Ticket)> mine)
    {
        var grain = person.Grains.GetGrain<IEventGrain>(key.ToString());
        var asked = world.Scheduler.Steps;
        var also = world.Scheduler.OneIn(6) ? grain.Buy(purchase) : null;
        var answer = await Until(purchase.Operation, () => grain.Buy(purchase));
        Note(answer, asked);
        if (also is null) return;
        try
        {
            Note(await also, asked);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            // Nobody knows, and it was asked for twice.
        }

        void Note(Answer<TicketRecord> answer, long asked)
        {
            world.Books.Answered(purchase.Operation, answer, needsEntry: true, (key, purchase.Seat, asked));
            if (!answer.IsDone || mine.Exists(one => one.Ticket == answer.Value.Id)) return;
            mine.Add((key, answer.Value.Id));
            tickets.Add(answer.Value.Id);
            payments.Add(answer.Value.PaymentId);
        }
    }

    private async Task Change(IEventGrain grain, TicketChange change) => await Settle(change.Operation, () => grain.Change(change), needsEntry: change is MoveSeat or DeleteTicket);

    /// <summary>Asks until it is known, and sometimes later once more.</summary>
    private async Task<Answer<T>> Settle<T>(Operation operation, Func<Task<Answer<T>>> ask, bool needsEntry)
        where T : class
    {
        var answer = await Until(operation, ask);
        world.Books.Answered(operation, answer, needsEntry);
        if (!answer.IsDone || !world.Scheduler.OneIn(3)) return answer;
        await Pause();
        world.Books.Answered(operation, await Until(operation, ask), needsEntry);
        return answer;
    }

    /// <summary>Asks until somebody knows; after a while in vain some give up, and never learn what became of it.</summary>
    private async Task<Answer<T>> Until<T>(Operation operation, Func<Task<Answer<T>>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await ask();
                if (answer.Outcome != Reply.Unknown) return answer;
            }
            catch (Exception e) when (e is TimeoutException or OrleansException)
            {
                // As good as unknown.
            }

            world.Books.Unknown(operation);
            if (attempt > 3 && !world.Chaos.IsOver && world.Scheduler.OneIn(4)) return default;
            await Pause();
        }
    }

    private Task Pause()
    {
        var done = new TaskCompletionSource();
        world.Clock(null).CreateTimer(_ => done.TrySetResult(), null, TimeSpan.FromMilliseconds(world.Scheduler.Luck.Next(world.Scheduler.OneIn(10) ? 60_000 : 2_000)), Timeout.InfiniteTimeSpan);
        return done.Task;
    }

    private Operation NewOperation() => new(new OperationId((ulong)world.Seed, ++operations), operations);

    /// <summary>Few, so that events quarrel over them.</summary>
    private string AnyTitle(EventKey key) => world.Chaos.IsCalm ? $"Event {key}" : $"Event {world.Scheduler.Luck.Next(3)}";

    private uint AnySeat() => (uint)world.Scheduler.Luck.Next((int)capacity + 2);

    private TicketId AnyTicket() => tickets[world.Scheduler.Luck.Next(tickets.Count)];

    private sealed record Person(GrainClient Grains, UserId Id, Turns Turns);
}
