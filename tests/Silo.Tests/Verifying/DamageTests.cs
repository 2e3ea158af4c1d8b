using Microsoft.Data.Sqlite;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Silo.Tests.Verifying;

/// <summary>The database of a sale in which all holds, copied and damaged by hand, one thing at a time.</summary>
public sealed class DamageTests(DamageTests.SoldOnce sold) : IClassFixture<DamageTests.SoldOnce>
{
    private const string Journal = "event = unhex('{event}')";
    // A ticket that is not found by its buyer any more would be told first.
    private const string Lookups = "INSERT OR IGNORE INTO tickets_by_user_id SELECT user_id, id FROM tickets; INSERT OR IGNORE INTO tickets_by_event_id SELECT event_id, id FROM tickets";

    [Theory]
    [InlineData("chain", "batch 7 is not what was written", "UPDATE journal SET payload = substr(payload, 1, length(payload) - 1) || x'7f' WHERE number = 7 AND " + Journal)]
    [InlineData("chain", "batch 7 is not what was written", "UPDATE journal SET payload = x'03ff' WHERE number = 7 AND " + Journal)]
    [InlineData("chain", "batch 9 is not what was written", "UPDATE journal SET chain = zeroblob(32) WHERE number = 9 AND " + Journal)]
    [InlineData("batches", "batch 7 is missing", "DELETE FROM journal WHERE number = 7 AND " + Journal)]
    [InlineData("batches", "batches 7 to 9 are missing", "DELETE FROM journal WHERE number BETWEEN 7 AND 9 AND " + Journal)]
    [InlineData("records", "which the journal does not have", "DELETE FROM journal WHERE number > (SELECT max(number) - 2 FROM journal WHERE " + Journal + ") AND " + Journal)]
    [InlineData("writers", "who never opened", "UPDATE journal SET batch = zeroblob(16) WHERE number = 7 AND " + Journal)]
    [InlineData("records", "that has no journal", "DELETE FROM journal WHERE " + Journal)]
    [InlineData("records", "the event has no record", "DELETE FROM events WHERE id = unhex('{event}')")]
    [InlineData("records", "the event's record is not what its journal adds up to", "UPDATE events SET remaining_seats = remaining_seats + 1 WHERE id = unhex('{event}')")]
    [InlineData("records", "{ticket}: the ticket has no record", "DELETE FROM tickets WHERE id = unhex('{ticket}')")]
    [InlineData("records", "{ticket}: its record is not what the journal adds up to", "UPDATE tickets SET seat_number = 49 WHERE id = unhex('{ticket}')")]
    [InlineData("records", "{ticket}: its record is not what the journal adds up to", "UPDATE tickets SET status = 'Refunded' WHERE id = unhex('{ticket}')")]
    [InlineData("records", "a record of a ticket that the journal does not know", "UPDATE tickets SET id = x'0102030405060708090a0b0c' WHERE id = unhex('{ticket}'); " + Lookups)]
    [InlineData("records", "cannot be read", "UPDATE tickets SET status = 'Sold' WHERE id = unhex('{ticket}')")]
    [InlineData("payments", "{ticket}: its payment", "DELETE FROM payments WHERE ticket_id = unhex('{ticket}')")]
    [InlineData("payments", "or of another price or owner", "UPDATE payments SET amount = 44 WHERE ticket_id = unhex('{ticket}')")]
    [InlineData("paid", "it is active, and payment", "UPDATE payments SET status = 'Pending' WHERE ticket_id = unhex('{ticket}')")]
    [InlineData("paid", "it is active, and payment", "UPDATE payments SET status = 'Failed', reason = 'Declined' WHERE ticket_id = unhex('{ticket}')")]
    [InlineData("paid", "it is kept and returned", "UPDATE payments SET status = 'Refunded', reason = 'Returned' WHERE ticket_id = unhex('{ticket}')")]
    [InlineData("returned", "{refunded}: it is Refunded and its return is done, and payment", "UPDATE payments SET status = 'Success', reason = 'None' WHERE ticket_id = unhex('{refunded}')")]
    [InlineData("notifications", "is not there", "DELETE FROM notifications WHERE user_id = unhex('{buyer}') AND message LIKE '%active%'")]
    [InlineData("notifications", "for somebody else", "UPDATE notifications SET user_id = x'0102030405060708090a0b0c' WHERE user_id = unhex('{buyer}')")]
    [InlineData("snapshot", "the journal ends with batch", "INSERT INTO snapshots (event, number, chunk, chunks, chain, payload) VALUES (unhex('{event}'), 999, 0, 1, zeroblob(32), x'01')")]
    [InlineData("snapshot", "is of another journal", "INSERT INTO snapshots (event, number, chunk, chunks, chain, payload) VALUES (unhex('{event}'), 7, 0, 1, zeroblob(32), x'01')")]
    public async Task What_was_damaged_is_found_and_named(string check, string what, string sql)
    {
        using var directory = new DataDirectory();
        sold.CopyTo(directory, sold.Filled(sql));

        (await Verdict.Of("--all", directory.Path)).Breaks(check, sold.Filled(what));
    }

    [Fact]
    public async Task What_an_operator_said_by_hand_is_told_and_is_no_fault()
    {
        using var directory = new DataDirectory();
        sold.CopyTo(directory, sold.Filled("UPDATE payments SET status = 'Failed', reason = 'None' WHERE ticket_id = unhex('{ticket}')"));

        Assert.Contains("1 payments that stand as an operator said", (await Verdict.Of("--all", directory.Path)).Holds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_damaged_is_left_as_it_is()
    {
        using var directory = new DataDirectory();
        sold.CopyTo(directory, sold.Filled("DELETE FROM journal WHERE number = 7 AND " + Journal));
        var file = Path.Combine(directory.Path, "ticketing.db");
        var before = await File.ReadAllBytesAsync(file);

        (await Verdict.Of("--event", sold.Sale.Event, file)).Breaks("batches", "batch 7 is missing");
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
        Assert.Equal([file], Directory.GetFiles(directory.Path));
    }

    /// <summary>A sale that is at rest, in a file that nobody has open.</summary>
    public sealed class SoldOnce : IAsyncLifetime, IDisposable
    {
        private readonly DataDirectory directory = new();

        internal LivelySale Sale { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await using var server = await Server.Start(directory);
            Sale = await LivelySale.Play(server.Api);
            await LivelySale.Rest(() => Verdict.Of("--all", directory.Path));
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => directory.Dispose();

        internal string Filled(string text) => text
            .Replace("{event}", Sale.Event, StringComparison.Ordinal).Replace("{ticket}", Sale.Tickets[5], StringComparison.Ordinal)
            .Replace("{refunded}", Sale.Tickets[1], StringComparison.Ordinal).Replace("{buyer}", Sale.Buyer.Id, StringComparison.Ordinal);

        internal void CopyTo(DataDirectory target, string sql)
        {
            var file = Path.Combine(target.Path, "ticketing.db");
            File.Copy(Path.Combine(directory.Path, "ticketing.db"), file);
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            Assert.True(command.ExecuteNonQuery() > 0, "nothing was damaged");
            // As by somebody who knows how: what rows say of themselves holds.
            foreach (var (table, columns) in Schema.Checked) Schema.Seal(connection, table, columns);
        }
    }
}
