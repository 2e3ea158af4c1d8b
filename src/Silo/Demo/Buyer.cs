using System.Diagnostics;
using System.Net;

namespace Ticketing.Silo.Demo;

/// <summary>A person who wants one seat, whichever: tries seats in an order of their own until one is theirs or none is left.</summary>
internal sealed class Buyer(string id, string token, Random luck)
{
    private const int MostTries = 10_000;

    /// <summary>The ticket, once it is bought.</summary>
    public TicketSeen? Ticket { get; private set; }

    /// <summary>Whether the buyer was told that the event is sold out.</summary>
    public bool SentAway { get; private set; }

    /// <summary>Answers that say nothing of the kind: there must be none.</summary>
    public int Surprises { get; private set; }

    /// <summary>How long each answer took, in milliseconds.</summary>
    public List<double> Latencies { get; } = [];

    public async Task Buy(ApiClient client, string eventId, int seats)
    {
        for (var tries = 0; tries < MostTries && Ticket is null && !SentAway; tries++)
        {
            var seat = luck.Next(1, seats + 1);
            var key = Guid.NewGuid().ToString("n");
            var watch = Stopwatch.StartNew();
            var answer = await client.Buy(token, key, eventId, id, seat);
            Latencies.Add(watch.Elapsed.TotalMilliseconds);
            switch (answer.Status)
            {
                case HttpStatusCode.OK: Ticket = answer.Ticket; break;
                case HttpStatusCode.Conflict when answer.Code == "seat-taken": break;
                case HttpStatusCode.Conflict when answer.Code == "sold-out": SentAway = true; break;
                default: Surprises++; return;
            }
        }
    }
}
