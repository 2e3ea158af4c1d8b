namespace Ticketing.Silo.Demo;

/// <summary>What came of the on-sale, from two sides: what buyers were told, and what the lists say.</summary>
internal sealed record Report(
    int Sold, int SentAway, int Surprises, int Oversold, int Unaccounted, int Unsold, int Answers, TimeSpan Took, double Middle, double Slowest, int Active,
    int Mails)
{
    /// <summary>Whether nothing was sold twice, nothing is missing, and everybody was told what they had to be.</summary>
    public bool Holds => Oversold == 0 && Unaccounted == 0 && Unsold == 0 && Surprises == 0 && Active == Sold && Mails == MailsOf(Sold);

    /// <summary>Two mails a ticket (the money came, the ticket is active), and the administrator's welcome.</summary>
    public static int MailsOf(int sold) => (2 * sold) + 1;

    public static Report Of(IReadOnlyList<Buyer> buyers, IReadOnlyList<TicketSeen> tickets, int remaining, int seats, TimeSpan took, int mails)
    {
        var bought = buyers.Where(buyer => buyer.Ticket is not null).Select(buyer => buyer.Ticket!).ToArray();
        var latencies = buyers.SelectMany(buyer => buyer.Latencies).Order().ToArray();
        var listed = tickets.ToDictionary(ticket => ticket.Id);
        var twice = bought.Length - bought.Select(ticket => ticket.Seat).Distinct().Count() + tickets.Count - tickets.Select(ticket => ticket.Seat).Distinct().Count();
        // A seat is accounted for when it is for sale, or when the ticket that a buyer was given for it stands in the list, and no other does.
        var missing = bought.Count(ticket => !listed.TryGetValue(ticket.Id, out var seen) || seen.Seat != ticket.Seat);
        var nobodys = tickets.Count - (bought.Length - missing);
        var sentAway = buyers.Count(buyer => buyer.SentAway);
        // Everybody has a ticket or was told that there is none, and that was true. (Who got another answer is a surprise.)
        var surprises = buyers.Sum(buyer => buyer.Surprises) + buyers.Count(buyer => buyer is { Ticket: null, SentAway: false, Surprises: 0 });
        var unsold = sentAway > 0 ? remaining : 0;
        return new(
            bought.Length, sentAway, surprises, twice + Math.Max(0, bought.Length - seats),
            Math.Abs(seats - remaining - tickets.Count) + missing + nobodys, unsold, latencies.Length, took, At(0.50), At(0.99),
            tickets.Count(ticket => ticket.Status == "Active"), mails);

        double At(double share) => latencies.Length == 0 ? 0 : latencies[(int)((latencies.Length - 1) * share)];
    }

    public void Write(TextWriter output)
    {
        output.WriteLine();
        Line("sold", $"{Sold:N0}", "tickets");
        Line("refused (sold out)", $"{SentAway:N0}", "buyers");
        Line("other answers", $"{Surprises:N0}", "(must be 0)");
        Line("oversold", $"{Oversold:N0}", "seats (must be 0)");
        Line("unaccounted for", $"{Unaccounted:N0}", "seats (must be 0)");
        Line("unsold", $"{Unsold:N0}", "seats though somebody was sent away (must be 0)");
        Line("purchases", $"{Sold / Took.TotalSeconds:N0}", "per second");
        Line("answers", $"{Answers / Took.TotalSeconds:N0}", "per second, refusals included");
        Line("p50", $"{Middle:N1}", "ms");
        Line("p99", $"{Slowest:N1}", "ms");
        Line("active", $"{Active:N0}", "tickets");
        Line("mails written", $"{Mails:N0}", "(two a ticket, one welcome)");
        output.WriteLine();
        output.WriteLine(Holds ? "Every invariant holds." : "AN INVARIANT DOES NOT HOLD.");

        void Line(string name, string value, string unit) => output.WriteLine($"  {name,-20} {value,10}  {unit}");
    }
}
