using System.Globalization;
using System.Text;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Grains.Notifications;

/// <summary>What people are told, word for word. Every message has 10 to 100 characters (contract.md 9.1).</summary>
public static class Messages
{
    /// <summary>The longest message, in Unicode characters.</summary>
    public const int Longest = 100;

    /// <summary>The subject of every mail (contract.md 12.2).</summary>
    public const string Subject = "The 4WEBD Team";

    /// <summary>An account was made.</summary>
    public static string Welcome => "Welcome to Ticketing! Your account is ready.";

    /// <summary>The money for a ticket was taken.</summary>
    /// <param name="money">How much.</param>
    public static string PaymentReceived(Money money) => $"We have received your payment of {money}. Thank you!";

    /// <summary>A ticket was paid and is valid.</summary>
    /// <param name="seat">Its seat.</param>
    public static string TicketActive(uint seat) => $"Your ticket for seat {seat} is now active. Enjoy the event!";

    /// <summary>A ticket was changed.</summary>
    /// <param name="status">Where it stands.</param>
    /// <param name="seat">Its seat from now on.</param>
    public static string TicketChanged(TicketStatus status, uint seat) => $"Your ticket has changed: it is {status}, and its seat is now {seat}.";

    /// <summary>A ticket was cancelled by its owner or an Admin.</summary>
    /// <param name="seat">The seat it had.</param>
    public static string Cancelled(uint seat) => $"Your ticket for seat {seat} has been cancelled.";

    /// <summary>A ticket was refunded.</summary>
    /// <param name="seat">The seat it had.</param>
    public static string RefundComing(uint seat) => $"Your ticket for seat {seat} has been refunded. The money is on its way.";

    /// <summary>The card was declined, and the ticket cancelled.</summary>
    /// <param name="seat">The seat it had.</param>
    public static string PaymentDeclined(uint seat) => $"Your card was declined. Your ticket for seat {seat} has been cancelled.";

    /// <summary>The payment did not come in time, and the ticket was cancelled.</summary>
    /// <param name="seat">The seat it had.</param>
    public static string PaymentTimedOut(uint seat) => $"Your payment did not arrive in time. Your ticket for seat {seat} has been cancelled.";

    /// <summary>A ticket was taken away by an Admin.</summary>
    /// <param name="seat">The seat it had.</param>
    public static string TicketDeleted(uint seat) => $"Your ticket for seat {seat} has been withdrawn. If you have paid, the money comes back.";

    /// <summary>An event takes place at another time or elsewhere; both are told, because a change may follow another that was not told any more.</summary>
    /// <param name="title">Its title, which is shortened when the message would become too long.</param>
    /// <param name="date">When it takes place now.</param>
    /// <param name="location">Where it takes place now; shortened like the title.</param>
    public static string EventChanged(string title, DateTimeOffset date, string location)
    {
        var (before, between) = ("Changed: ", string.Create(CultureInfo.InvariantCulture, $" is now on {date.UtcDateTime:yyyy-MM-dd HH:mm} UTC at "));
        var room = Longest - before.Length - between.Length - 1;
        // Half of the room for each, and more for one when the other needs less.
        var name = Shortened(title, Math.Max(room / 2, room - Length(location)));
        return $"{before}{name}{between}{Shortened(location, room - Length(name))}.";
    }

    /// <summary>An event will not take place.</summary>
    /// <param name="title">Its title, which is shortened when the message would become too long.</param>
    public static string EventCancelled(string title)
    {
        const string Before = "The event ", After = " has been cancelled. Paid tickets are refunded.";
        return Before + Shortened(title, Longest - Before.Length - After.Length) + After;
    }

    /// <summary>The mail that carries a notification.</summary>
    internal static Mail Mail(NotificationRecord notification, string email) => new(notification.Id.ToString(), email, Subject, notification.Message);

    private static int Length(string text) => text.EnumerateRunes().Count();

    /// <summary>A text of at most that many Unicode characters, cut between characters.</summary>
    private static string Shortened(string text, int most)
    {
        var characters = text.EnumerateRunes().ToArray();
        return characters.Length <= most ? text : string.Concat(characters.Take(most - 1).Append(new Rune('…')));
    }
}
