using Ticketing.Grains.Backups;
using Ticketing.Storage.Backups;

namespace Ticketing.Silo.Restore;

/// <summary>What an operator sees at the end of a restore.</summary>
internal static class RestoreReport
{
    public static void Write(TextWriter output, Restored restored)
    {
        output.WriteLine();
        Line("events", restored.Events, $"{restored.Batches:N0} batches of ledgers replayed, every chain whole");
        Line("tickets", restored.Tickets, $"{restored.Seats:N0} with a seat, no seat twice");
        Line("payments", restored.Payments, "each ticket has one");
        Line("notifications", restored.Notifications);
        Line("people", restored.Users, $"{restored.Emails:N0} e-mail addresses, none twice");
        Line("credentials", restored.Credentials);
        Line("titles", restored.Titles, "none twice");
        Line("backups", restored.Backups, "in the backup directory, listed again and kept as if they had been made now");
        Line("events to wake", restored.EventsWithOpenWork, "payments to wait for, money to return");
        output.WriteLine();
        Line("sold since", restored.TicketsOnlyInLedgers, "tickets that only the ledgers have; they are restored");
        Line("lost", restored.TicketsLost, "tickets that no ledger has; they are not restored, their money goes back");
        Line("marked paid", restored.Learned[Learned.Paid], "payments, by their ledgers");
        Line("to be returned", restored.Learned[Learned.ReturnDue], "payments; the payments job returns each once");
        Line("to be told", restored.Learned[Learned.Untold], "payments whose events do not know how they ended");
        Line("said by hand", restored.Learned[Learned.SaidByHand], "payments that do not fit their tickets; left as they are");
        if (restored.BackupsLeftAlone > 0) Line("left alone", restored.BackupsLeftAlone, "files in the backup directory that are no complete backups under their own names");
        output.WriteLine();
        output.WriteLine("Every invariant holds.");

        void Line(string name, long count, string remark = "") => output.WriteLine($"  {name,-16} {count,12:N0}   {remark}".TrimEnd());
    }
}
