using System.Text.Json;
using Ticketing.Grains.Abstractions;

namespace Ticketing.ApiGateway;

/// <summary>What a refusal looks like from outside: its status, its code and a sentence.</summary>
internal static class Refusals
{
    private static readonly string[] Codes = [.. Enum.GetNames<Refusal>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];

    /// <summary>The rule's name in kebab-case.</summary>
    public static string Code(this Refusal rule) => Codes[(int)rule];

    /// <summary>The status of contract.md 1.6, target column.</summary>
    public static int Status(this Refusal rule) => rule switch
    {
        Refusal.NoSuchEvent or Refusal.NoSuchTicket or Refusal.NoSuchPayment or Refusal.NoSuchNotification or Refusal.NoSuchUser
            or Refusal.NoSuchBackup
            => StatusCodes.Status404NotFound,
        Refusal.NotYours => StatusCodes.Status403Forbidden,
        Refusal.SeatTaken or Refusal.SoldOut or Refusal.SaleOver or Refusal.SeatBeyondCapacity or Refusal.TicketEnded
            or Refusal.AllotmentBeyondSeats or Refusal.CapacityBelowSeatsTaken or Refusal.TitleTaken or Refusal.EmailTaken or Refusal.PaymentEnded
            or Refusal.BackupNotCompleted or Refusal.BackupDamaged
            => StatusCodes.Status409Conflict,
        Refusal.OperationIdReused => StatusCodes.Status422UnprocessableEntity,
        Refusal.EventChanged => StatusCodes.Status412PreconditionFailed,
        Refusal.WrongCredentials => StatusCodes.Status401Unauthorized,
        Refusal.TooManyGuesses or Refusal.TooManyPasswords => StatusCodes.Status429TooManyRequests,
    };

    /// <summary>The rule in a sentence for people.</summary>
    public static string Sentence(this Refusal rule) => rule switch
    {
        Refusal.NoSuchEvent => "There is no such event.",
        Refusal.NoSuchTicket => "There is no such ticket.",
        Refusal.NoSuchPayment => "There is no such payment.",
        Refusal.NoSuchNotification => "There is no such notification.",
        Refusal.NoSuchUser => "There is no such user.",
        Refusal.NotYours => "The record belongs to somebody else.",
        Refusal.SeatTaken => "The seat is taken.",
        Refusal.SoldOut => "No seat is for sale.",
        Refusal.SaleOver => "The event has taken place.",
        Refusal.SeatBeyondCapacity => "The event has no seat of that number.",
        Refusal.TicketEnded => "The ticket is cancelled or refunded.",
        Refusal.AllotmentBeyondSeats => "More seats would be for sale than are free, or fewer than none.",
        Refusal.CapacityBelowSeatsTaken => "The capacity would fall below the seats taken.",
        Refusal.OperationIdReused => "The idempotency key was used for a request with other content.",
        Refusal.TitleTaken => "Another event has the title.",
        Refusal.EmailTaken => "Another account has the e-mail.",
        Refusal.WrongCredentials => "E-mail and password do not belong together.",
        Refusal.TooManyGuesses => "Too many wrong passwords; wait before trying again.",
        Refusal.PaymentEnded => "The payment has ended.",
        Refusal.EventChanged => "The event has changed since the version that If-Match names.",
        Refusal.TooManyPasswords => "Too many passwords from your address wait to be checked. Nothing was done; ask again.",
        Refusal.NoSuchBackup => "There is no such backup.",
        Refusal.BackupNotCompleted => "The backup has no contents: it is not written yet, or failed.",
        Refusal.BackupDamaged => "The backup's contents are missing or damaged. The server's log has the details.",
    };
}
