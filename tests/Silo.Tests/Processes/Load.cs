using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>A purchase as its buyer knows it.</summary>
internal sealed record Attempt(Person Buyer, string EventId, int Seat, string Key)
{
    /// <summary>The ticket, once the purchase was acknowledged, as it was answered.</summary>
    public string? Ticket { get; set; }

    /// <summary>The rule that refused it.</summary>
    public string? Refusal { get; set; }

    /// <summary>How often it was asked for.</summary>
    public int Tries { get; set; }

    /// <summary>What came of it the last time that it had no answer.</summary>
    public string? Trouble { get; set; }

    /// <summary>Whether it has no answer yet.</summary>
    public bool IsOpen => Ticket is null && Refusal is null;
}

/// <summary>Buyers who keep buying, whatever happens to the server: an answer that does not come is asked for again under the same key, or given up.</summary>
internal sealed class Load(IReadOnlyList<Person> buyers, IReadOnlyList<string> events, int seatsPerEvent, int seed, bool givesUp = true, int thinkMilliseconds = 10)
{
    // One in so many gives up when the answer does not come, and never learns what became of the purchase.
    private const int OneGivesUpOf = 5;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentBag<Attempt> attempts = [];
    private readonly ConcurrentBag<string> surprises = [];
    private volatile Api[] servers = [];
    private volatile TaskCompletionSource anew = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool over;
    private volatile bool abandoned;
    private Task? buying;
    private int unknown;
    private long slowest;

    /// <summary>Every purchase that was asked for.</summary>
    public IReadOnlyCollection<Attempt> Attempts => attempts;

    /// <summary>Answers that no buyer should ever get.</summary>
    public IReadOnlyCollection<string> Surprises => surprises;

    /// <summary>How many answers said that the outcome is unknown.</summary>
    public int Unknown => unknown;

    /// <summary>The longest that anybody waited for an answer, or for a connection to break.</summary>
    public TimeSpan Slowest => new(Volatile.Read(ref slowest));

    /// <summary>Points the buyers to the server, which may have started anew, or to several, any of which serves anybody.</summary>
    public void Serve(params Api[] servers)
    {
        this.servers = servers;
        Interlocked.Exchange(ref anew, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        buying ??= Task.WhenAll(buyers.Select((buyer, number) => Task.Run(() => Buy(buyer, new Random(seed + number)))));
    }

    /// <summary>Ends the load: what is under way is finished, nothing new begins. Fails when somebody who does not give up waits for minutes.</summary>
    public async Task Finish()
    {
        over = true;
        if (buying is null) return;
        if (await Task.WhenAny(buying, Task.Delay(Patience)) != buying)
        {
            abandoned = true;
            Assert.Fail($"no answer within {Patience.TotalMinutes} minutes:\n{string.Join('\n', attempts.Where(attempt => attempt.IsOpen && attempt.Tries > 1).Take(8).Select(attempt => $"{attempt.Key}, event {attempt.EventId}, seat {attempt.Seat}, asked for {attempt.Tries} times; the last time: {attempt.Trouble}"))}");
        }

        await buying;
    }

    private async Task Buy(Person buyer, Random luck)
    {
        for (var number = 0; !over; number++)
        {
            // The crowd moves from event to event, so that there are always both seats to get and seats to fight for.
            var turn = number * buyers.Count / seatsPerEvent;
            var attempt = new Attempt(buyer, events[turn % events.Count], luck.Next(1, seatsPerEvent + 1), $"{buyer.Id}-{number}");
            attempts.Add(attempt);
            for (var next = anew.Task; !await TryOnce(attempt, luck) && !(givesUp && luck.Next(OneGivesUpOf) == 0) && !abandoned; next = anew.Task)
                await Task.WhenAny(next, Task.Delay(RetryAfter));
            // Somebody who thinks between two purchases.
            await Task.Delay(luck.Next(0, thinkMilliseconds));
        }
    }

    /// <summary>Asks once.</summary>
    /// <returns>Whether there was an answer.</returns>
    private async Task<bool> TryOnce(Attempt attempt, Random luck)
    {
        attempt.Tries++;
        var all = servers;
        var server = all[luck.Next(all.Length)];
        var asked = Stopwatch.GetTimestamp();
        Reply reply;
        try
        {
            reply = await server.Buy(attempt.Buyer, attempt.EventId, attempt.Seat, attempt.Key);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            attempt.Trouble = e.Message;
            return false;
        }
        finally
        {
            var took = Stopwatch.GetElapsedTime(asked).Ticks;
            for (var known = slowest; took > known; known = slowest) Interlocked.CompareExchange(ref slowest, took, known);
        }

        switch (reply.Status)
        {
            case HttpStatusCode.OK:
                attempt.Ticket = reply.Done().ToJsonString();
                return true;
            case HttpStatusCode.Conflict when reply.Code is "seat-taken" or "sold-out":
                attempt.Refusal = reply.Code;
                return true;
            case HttpStatusCode.ServiceUnavailable when reply.Headers.RetryAfter is not null:
                Interlocked.Increment(ref unknown);
                attempt.Trouble = reply.ToString();
                return false;
            default:
                surprises.Add(reply.ToString());
                return true;
        }
    }
}

/// <summary>What must be true of the lists after a load.</summary>
internal static class Books
{
    /// <summary>Every acknowledged purchase is there exactly once, nothing else is but what was given up, and the seats add up.</summary>
    public static async Task Check(Api api, Load load, IReadOnlyList<string> events, int seatsPerEvent)
    {
        Assert.Empty(load.Surprises);
        var tickets = (await api.All("/api/tickets", Jwt.Admin)).Select(Seen.Of).ToDictionary(ticket => ticket.Id);
        var acknowledged = load.Attempts.Where(attempt => attempt.Ticket is not null).Select(attempt => (attempt, Ticket: Seen.Of(attempt.Ticket!))).ToArray();
        foreach (var (attempt, ticket) in acknowledged)
        {
            Assert.True(tickets.TryGetValue(ticket.Id, out var kept), $"ticket {ticket.Id} was acknowledged and is gone (key {attempt.Key})");
            Assert.Equal(ticket with { Status = kept.Status }, kept);
            Assert.Equal((attempt.EventId, attempt.Seat, attempt.Buyer.Id), (kept.EventId, kept.Seat, kept.UserId));
        }

        // Ids are unique, so no two acknowledgements share a ticket; the rest must be what buyers gave up, each at most once.
        Assert.Equal(acknowledged.Length, acknowledged.Select(pair => pair.Ticket.Id).Distinct().Count());
        var known = acknowledged.Select(pair => pair.Ticket.Id).ToHashSet();
        var givenUp = load.Attempts.Where(attempt => attempt.IsOpen).Select(attempt => (attempt.EventId, attempt.Seat, attempt.Buyer.Id)).ToList();
        foreach (var other in tickets.Values.Where(ticket => !known.Contains(ticket.Id)))
            Assert.True(givenUp.Remove((other.EventId, other.Seat, other.UserId)), $"nobody asked for {other}, or it was refused");

        foreach (var eventId in events)
        {
            var taken = tickets.Values.Where(ticket => ticket.EventId == eventId).Select(ticket => ticket.Seat).ToArray();
            Assert.Equal(taken.Length, taken.Distinct().Count());
            var remaining = (await api.Get($"/api/events/{eventId}")).Done().Number("remaining_seats");
            Assert.Equal(seatsPerEvent, taken.Length + remaining);
        }
    }

    /// <summary>Each ticket has exactly one payment, and in the end all are paid.</summary>
    public static async Task CheckPayments(Api api, TimeSpan? patience = null)
    {
        var tickets = await Eventually.Sees("every ticket Active", async () => await Listed(api, "tickets"), all => all.Values.All(status => status == "Active"), patience);
        var payments = await Eventually.Sees("every payment Success", async () => await Listed(api, "payments"), all => all.Values.All(status => status == "Success"), patience);
        Assert.Equal(tickets.Count, payments.Count);
        var paid = (await api.All("/api/payments", Jwt.Admin)).Select(payment => payment.Text("ticket_id")).ToArray();
        Assert.Equal(tickets.Keys.Order(), paid.Order());
    }

    /// <summary>
    /// Has the program itself copy a database that nobody uses, which replays every ledger, follows every chain, and compares what they add up to with every record.
    /// </summary>
    public static async Task Prove(string database, TimeSpan patience)
    {
        using var copy = new DataDirectory();
        await using var child = Child.Start(copy.Path, null, "copy", "--from", database, "--to", Path.Combine(copy.Path, "copy", "ticketing.db"));
        var code = await child.Exit(patience);
        Assert.True(code == 0, string.Join('\n', child.Output.Concat(child.Errors)));
        Assert.Contains(child.Output, line => line.Contains("every chain whole", StringComparison.Ordinal));
    }

    private static async Task<Dictionary<string, string>> Listed(Api api, string word) =>
        (await api.All($"/api/{word}", Jwt.Admin)).ToDictionary(record => record.Id(), record => record.Text("status"));

    private sealed record Seen(string Id, int Seat, string Status, string EventId, string UserId, string PaymentId)
    {
        public static Seen Of(string json) => Of(JsonDocument.Parse(json).RootElement);

        public static Seen Of(System.Text.Json.Nodes.JsonNode node) => Of(node.ToJsonString());

        private static Seen Of(JsonElement ticket) => new(
            Text(ticket, "id"), ticket.GetProperty("seat_number").GetInt32(), Text(ticket, "status"), Text(ticket, "event_id"), Text(ticket, "user_id"),
            Text(ticket, "payment_id"));

        private static string Text(JsonElement ticket, string member) => ticket.GetProperty(member).GetString()!;
    }
}
