using System.Diagnostics.CodeAnalysis;

namespace Ticketing.Grains.Abstractions;

/// <summary>How a command ended.</summary>
[GenerateSerializer]
public enum Outcome
{
    /// <summary>Nobody can say: it may or may not have happened. Ask again with the same operation id.</summary>
    Unknown,

    /// <summary>It happened, durably.</summary>
    Done,

    /// <summary>A named rule forbids it; nothing changed.</summary>
    Refused,
}

/// <summary>The answer to a command: done, refused by a named rule, or unknown, which is the default value (design.md 3.8).</summary>
/// <typeparam name="T">What a command that was done answers with.</typeparam>
/// <param name="Outcome">Which of the three.</param>
/// <param name="Value">What was done; present when it was done.</param>
/// <param name="Refusal">The rule; present when it was refused.</param>
[GenerateSerializer, Immutable, Alias("Answer`1")]
public readonly record struct Answer<T>([property: Id(0)] Outcome Outcome, [property: Id(1)] T? Value, [property: Id(2)] Refusal? Refusal)
{
    /// <summary>Whether it was done.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Outcome == Outcome.Done;

    /// <summary>It was done.</summary>
    public static implicit operator Answer<T>(T value) => new(Outcome.Done, value, null);

    /// <summary>It was refused.</summary>
    public static implicit operator Answer<T>(Refusal rule) => new(Outcome.Refused, default, rule);
}

/// <summary>The rules that refuse a command. The name is what the caller sees, in kebab-case, as <c>code</c>.</summary>
[GenerateSerializer]
public enum Refusal
{
    /// <summary>There is no such event, or it was deleted.</summary>
    NoSuchEvent,

    /// <summary>There is no such ticket.</summary>
    NoSuchTicket,

    /// <summary>There is no such payment.</summary>
    NoSuchPayment,

    /// <summary>There is no such notification.</summary>
    NoSuchNotification,

    /// <summary>There is no such user.</summary>
    NoSuchUser,

    /// <summary>The record belongs to somebody else.</summary>
    NotYours,

    /// <summary>Another ticket has the seat.</summary>
    SeatTaken,

    /// <summary>No seat is for sale.</summary>
    SoldOut,

    /// <summary>The event has taken place.</summary>
    SaleOver,

    /// <summary>The event has no seat of that number.</summary>
    SeatBeyondCapacity,

    /// <summary>The ticket is cancelled or refunded, which is final.</summary>
    TicketEnded,

    /// <summary>More seats would be for sale than are neither sold nor held, or fewer than none.</summary>
    AllotmentBeyondSeats,

    /// <summary>The capacity would fall below the number of seats taken, or below the highest of them.</summary>
    CapacityBelowSeatsTaken,

    /// <summary>The operation id was used for a command with other content.</summary>
    OperationIdReused,

    /// <summary>Another event has the title.</summary>
    TitleTaken,

    /// <summary>Another account has the e-mail.</summary>
    EmailTaken,

    /// <summary>E-mail and password do not belong together; deliberately the same for an unknown e-mail.</summary>
    WrongCredentials,

    /// <summary>Too many wrong passwords, of one account or from one address; later ones are not looked at for a while.</summary>
    TooManyGuesses,

    /// <summary>The payment has ended in a way that forbids this.</summary>
    PaymentEnded,

    /// <summary>The event has changed since the version that the caller has seen.</summary>
    EventChanged,

    /// <summary>Too many passwords from one address wait to be hashed already.</summary>
    TooManyPasswords,

    /// <summary>There is no such backup, or none of the service.</summary>
    NoSuchBackup,

    /// <summary>The backup has no contents: it is not written yet, or failed.</summary>
    BackupNotCompleted,

    /// <summary>The backup's contents are missing, or not what was written.</summary>
    BackupDamaged,
}
