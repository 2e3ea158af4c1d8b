using System.Net;
using Microsoft.Data.Sqlite;
using Ticketing.Silo.Tests.Backups;
using Ticketing.Silo.Tests.Events;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Processes;

/// <summary>A damaged database is never served: not at the start, and not what of it is met later.</summary>
public sealed class DamagedDatabaseTests
{
    private const int Page = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_damaged_database_is_refused_in_one_line_left_as_it_is_and_brought_back_the_way_the_line_says()
    {
        using var directory = new DataDirectory();
        string set, eventId;
        await using (var server = await Server.Start(directory))
        {
            eventId = await server.Api.NewEvent();
            (await server.Api.Buy(await server.Api.NewPerson(), eventId, 7)).Done();
            set = await RestoreTests.BackUp(server);
        }

        var file = Path.Combine(directory.Path, "ticketing.db");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes.AsSpan(bytes.Length / Page / 2 * Page, Page).Fill(0xA5);
        await File.WriteAllBytesAsync(file, bytes);

        await Ends(directory, $"Ticketing cannot start: the database {file} is damaged (", []);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file));
        await Ends(directory, $"Nothing was restored: {directory.Path} holds a database already", ["restore", set]);

        var away = Directory.CreateDirectory(Path.Combine(directory.Path, "damaged")).FullName;
        foreach (var one in Directory.GetFiles(directory.Path, "ticketing.db*")) File.Move(one, Path.Combine(away, Path.GetFileName(one)));
        await using (var restore = Child.Start(directory.Path, arguments: ["restore", set])) Assert.Equal(0, await restore.Exit(Patience));
        await using var again = await Server.Start(directory);
        Assert.Equal(49, await again.Api.RemainingSeats(eventId));
        (await again.Api.Buy(await again.Api.NewPerson(), eventId, 7)).Failed(HttpStatusCode.Conflict, "seat-taken");
    }

    [Fact]
    public async Task A_damaged_record_that_is_met_while_serving_is_answered_500_and_takes_nothing_else_with_it()
    {
        using var directory = new DataDirectory();
        await using var child = Child.Start(directory.Path);
        using var api = await child.Ready();
        var (eventId, buyer) = (await api.NewEvent(), await api.NewPerson());
        var tickets = new[] { (await api.Buy(buyer, eventId, 7)).Done().Id(), (await api.Buy(buyer, eventId, 8)).Done().Id() };
        foreach (var ticket in tickets) await api.TicketBecomes(ticket, "Active");
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(directory.Path, "ticketing.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE tickets SET user_id = zeroblob(12) WHERE seat_number = 7";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        (await api.Get($"/api/tickets/{tickets[0]}", Jwt.Admin)).Failed(HttpStatusCode.InternalServerError);
        (await api.Get("/api/tickets", Jwt.Admin)).Failed(HttpStatusCode.InternalServerError);
        (await api.Get($"/api/tickets/{tickets[1]}", Jwt.Admin)).Done();
        (await api.Buy(buyer, eventId, 7)).Failed(HttpStatusCode.Conflict, "seat-taken");
        await api.TicketBecomes((await api.Buy(buyer, eventId, 9)).Done().Id(), "Active");
        Assert.Contains(child.Output, line => line.Contains("a row of tickets is not what was written", StringComparison.Ordinal) && line.Contains("restore <directory>", StringComparison.Ordinal));
    }

    private static async Task Ends(DataDirectory directory, string line, string[] arguments)
    {
        await using var child = Child.Start(directory.Path, arguments: arguments);
        Assert.Equal(1, await child.Exit(Patience));
        Assert.StartsWith(line, Assert.Single(child.Errors), StringComparison.Ordinal);
        Assert.Empty(child.Output);
        if (arguments.Length == 0) Assert.EndsWith("restore the last backup with \"restore <directory>\"", child.Errors[0], StringComparison.Ordinal);
    }
}
