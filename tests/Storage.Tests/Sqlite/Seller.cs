using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Sqlite;

/// <summary>The work of a process that is killed: sells without end and says what was acknowledged.</summary>
internal static class Seller
{
    /// <summary>Each line is an event's id and the number of its batch that is durable.</summary>
    public static async Task Run(string directory)
    {
        using var engine = new SqliteEngine(directory);
        await using var loop = new CommitLoop(engine, new Logs());
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            var key = Samples.Id();
            for (var number = 1; ; number++)
            {
                var ticket = Samples.Ticket(seat: (uint)number);
                if (await loop.Commit(Samples.Append(key, Samples.Batch(number), Samples.Put(ticket, number))) != UnitOutcome.Committed) return;
                await Console.Out.WriteLineAsync($"{key} {number} {ticket.Id}");
            }
        }));
    }
}
