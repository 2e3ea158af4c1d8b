using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Grains.Users;
using Ticketing.Storage.Backups;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Backups;

/// <summary>A database with the product's own ledgers in it, without its grains, and a directory for backups.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public static readonly Caller Admin = new(new(Samples.Id()), Role.Admin);
    public static readonly TimeSpan PaymentTimeout = TimeSpan.FromDays(1);

    private static readonly CardDetails Card = new("4111111111111111", Samples.Noon.AddYears(2), "123", "Ada Lovelace");

    private readonly string root = Directory.CreateTempSubdirectory("ticketing-backups-").FullName;
    private readonly ServiceProvider services;
    private ulong operations;

    private Installation()
    {
        Engine = new SqliteEngine(Path.Combine(root, "data"));
        services = new ServiceCollection().AddSingleton<ILogger<CommitLoop>>(new Logs()).AddSingleton(Engine)
            .AddSingleton(new BackupDirectory(Backups)).AddTicketingStorage().BuildServiceProvider();
    }

    public static Installation Open() => new();

    public IEngine Engine { get; }

    public string Backups => Path.Combine(root, "backups");

    public string Fresh(string name) => Path.Combine(root, name);

    public IBackupFiles Files => services.GetRequiredService<IBackupFiles>();

    public IJournal Journal => services.GetRequiredService<IJournal>();

    public static BackupFile File(BackupService service, DateTimeOffset? at = null) => new(BackupId.New(at ?? Samples.Noon), service, at ?? Samples.Noon);

    /// <summary>Where the file of a backup is.</summary>
    public string PathOf(BackupFile file) => new BackupDirectory(Backups).FileOf(file);

    /// <summary>A set of all services, in the order in which the product takes it.</summary>
    public async Task<string> BackUp(DateTimeOffset? at = null)
    {
        string path = "";
        foreach (var service in new[] { BackupService.Notifications, BackupService.Payments, BackupService.Tickets, BackupService.Events, BackupService.Users, BackupService.Auth })
        {
            var file = File(service, at);
            await Files.Write(file, CancellationToken.None);
            path = PathOf(file);
        }

        return Path.GetDirectoryName(path)!;
    }

    public Operation Operation() => new(new(7, ++operations), operations);

    /// <summary>A new event's ledger.</summary>
    public async Task<Ledger> NewEvent(string title, uint capacity = 50, string description = "An evening of songs", Operation? operation = null)
    {
        var ledger = await Ledger.Open(new EventKey(Samples.Id()), Journal, Samples.Noon);
        var details = new EventDetails(title, description, "Town hall", Samples.Noon.AddYears(1), capacity, 25);
        Assert.True(ledger.Sale.Create(operation ?? Operation(), new UserId(Samples.Id()), details, Samples.Noon).IsDone);
        Assert.True(await ledger.Commit(Samples.Noon));
        return ledger;
    }

    /// <summary>A purchase that is decided, not yet durable.</summary>
    public TicketRecord Buy(Ledger ledger, uint seat, UserId? owner = null)
    {
        var purchase = new Purchase(Operation(), owner ?? new UserId(Samples.Id()), seat, Currency.Eur, Card);
        var answer = ledger.Sale.Buy(purchase, new(Samples.Id()), new(Samples.Id()), "simulated-1", Samples.Noon + PaymentTimeout, Samples.Noon);
        Assert.True(answer.IsDone, $"{answer}");
        return answer.Value;
    }

    /// <summary>Settles a ticket in its ledger, decided and not yet durable.</summary>
    public static void Settle(Ledger ledger, TicketRecord ticket, bool succeeded = true) =>
        ledger.Sale.Settle(new(ticket.PaymentId, ticket.EventId, ticket.Id, succeeded), Samples.Noon);

    /// <summary>Writes records as their grains do.</summary>
    public void Put<T>(RecordTable<T> table, params IEnumerable<T> records)
    {
        foreach (var some in records.Chunk(1000))
            Engine.Commit([.. some.Select(one => new WriteUnit(new(table, WriteRule.Always, 0, table.Key(one), Versions.Next(), table.Write(one))))]);
    }

    /// <summary>What the payments' job leaves of payments that succeeded and whose event knows.</summary>
    public async Task Pay(params TicketRecord[] tickets)
    {
        foreach (var ticket in tickets)
        {
            var payment = Tables.Payments.Read((await Engine.Find(Tables.Payments, Cell.Of(ticket.PaymentId.Value)))!);
            Put(Tables.Payments, payment with { Payment = payment.Payment! with { Status = PaymentStatus.Success }, NextAt = null });
        }
    }

    public UserState NewUser(string email, string firstName = "Ada")
    {
        var user = new UserState { Profile = new(new(Samples.Id()), firstName, "Lovelace", email) };
        Put(Tables.Users, user);
        Put(Tables.Credentials, new CredentialState { Credential = new(Samples.Id(), Role.User, user.Profile.Id), PasswordHash = "$2a$04$hash" });
        return user;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Engine.Dispose();
        Directory.Delete(root, recursive: true);
    }
}
