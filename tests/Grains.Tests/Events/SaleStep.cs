using CsCheck;

namespace Ticketing.Grains.Tests.Events;

/// <summary>What happens to a sale in one step of its life.</summary>
internal enum Act
{
    Buy,
    Settle,
    Move,
    End,
    Wait,
    Activate,
    DeleteTicket,
    Acknowledge,
    Tidy,
    Update,
    Allot,
    Again,
    Wake,
    Create,
    Delete,
}

/// <summary>One step, as small numbers that mean something only where it is taken: so a shorter life is still a life, and failures shrink.</summary>
/// <param name="Act">What happens.</param>
/// <param name="Ticket">Which ticket, or which earlier command, counted from the oldest and around.</param>
/// <param name="Seat">Which seat, or how many.</param>
/// <param name="Who">Who asks: 0 whoever may, 1 an Admin, the others each person in each role.</param>
/// <param name="Reuse">0 for an operation of its own; otherwise one that was used, with the same content (odd) or other (even).</param>
/// <param name="Seen">Which versions of the event the caller has seen: 0 if that does not matter.</param>
/// <param name="Choice">All else.</param>
internal readonly record struct SaleStep(Act Act, int Ticket, int Seat, int Who, int Reuse, int Seen, int Choice)
{
    private static readonly Gen<Act> AnyAct = Gen.Frequency(
        (300, Act.Buy), (120, Act.Settle), (90, Act.Move), (90, Act.End), (130, Act.Wait), (50, Act.Activate), (40, Act.DeleteTicket), (60, Act.Acknowledge),
        (40, Act.Tidy), (50, Act.Update), (30, Act.Allot), (60, Act.Again), (20, Act.Wake), (10, Act.Create), (6, Act.Delete));

    private static readonly Gen<int> Rarely = Gen.Frequency((11, Gen.Const(0)), (1, Gen.Int[1, 60]));

    private static readonly Gen<SaleStep> Any = Gen.Select(
        AnyAct, Gen.Int[0, 40], Gen.Int[0, 17], Gen.Frequency((6, Gen.Const(0)), (2, Gen.Const(1)), (3, Gen.Int[2, 17])), Rarely,
        Gen.Frequency((3, Gen.Const(0)), (2, Gen.Int[1, 12])), Gen.Int[0, 999],
        (act, ticket, seat, who, reuse, seen, choice) => new SaleStep(act, ticket, seat, who, reuse, seen, choice));

    /// <summary>Lives of events: how many seats, and what happens.</summary>
    public static readonly Gen<(int Capacity, SaleStep[] Steps)> Lives = Gen.Select(Gen.Int[1, 14], Any.Array[1, 150]);
}
