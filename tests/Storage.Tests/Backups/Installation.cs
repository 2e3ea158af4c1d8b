using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
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
using Ticketing.Grains.Payments;
using Ticketing.Grains.Users;
using Ticketing.Storage.Backups;
using Ticketing.Storage.Sqlite;

namespace Ticketing.Storage.Tests.Backups;

/// <summary>A database with the product's own ledgers in it, without its grains, and a directory for backups.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public static readonly Caller Admin = new(new(Samples.Id()), Role.Admin);
    public static readonly TimeSpan PaymentTimeout = TimeSpan.FromDays(1);

    public static readonly CardDetails Card = new("4111111111111111", Samples.Noon.AddYears(2), "123", "Ada Lovelace");

    private readonly string root = Directory.CreateTempSubdirectory("ticketing-backups-").FullName;
    private readonly ServiceProvider services;
    private readonly List<IEngine> opened = [];
    private ulong operations;
    private int restores;

    private Installation()
    {
        Engine = new SqliteEngine(Path.Combine(root, "data"));
        services = new ServiceCollection().AddSingleton<ILogger<CommitLoop>>(new Logs()).AddSingleton(Engine)
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(new BackupDirectory(Backups)).AddTicketingStorage().BuildServiceProvider();
    }

    public static Installation Open() => new();

    public IEngine Engine { get; }

    public string Backups => Path.Combine(root, "backups");

    public string Fresh(string name) => Path.Combine(root, name);

    public IBackupFiles Files => services.GetRequiredService<IBackupFiles>();

    public IJournal Journal => new SameThreadJournal(services.GetRequiredService<IJournal>());

    public static BackupFile File(BackupService service, DateTimeOffset? at = null) => new(BackupId.New(at ?? Samples.Noon), service, at ?? Samples.Noon);

    /// <summary>Where the file of a backup is.</summary>
    public string PathOf(BackupFile file) => new BackupDirectory(Backups).FileOf(file);

    /// <summary>The order in which the product takes a set.</summary>
    public static readonly BackupService[] Order =
        [BackupService.Notifications, BackupService.Payments, BackupService.Tickets, BackupService.Events, BackupService.Users, BackupService.Auth];

    /// <summary>The clock of the backups: each file is a minute younger than the one before.</summary>
    public FakeTimeProvider Time { get; } = new(Samples.Noon);

    /// <summary>A set of all services, in the order in which the product takes it or in another one.</summary>
    /// <param name="order">The order.</param>
    /// <param name="before">What happens before a service is backed up.</param>
    public async Task<string> BackUp(BackupService[]? order = null, Func<BackupService, Task>? before = null)
    {
        string path = "";
        foreach (var service in order ?? Order)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            if (before is not null) await before(service);
            var file = File(service);
            await Files.Write(file, CancellationToken.None);
            path = PathOf(file);
        }

        return Path.GetDirectoryName(path)!;
    }

    /// <summary>Restores a set into a database of its own.</summary>
    /// <param name="directory">The set, or the directory of all sets.</param>
    /// <param name="tell">Gets what it says.</param>
    /// <param name="own">Where the restored installation has its backups.</param>
    public async Task<(IEngine Engine, Restored Restored)> Restore(string directory, Action<string>? tell = null, string? own = null)
    {
        var engine = new SqliteEngine(Fresh($"restored-{restores++}"));
        opened.Add(engine);
        return (engine, await new Restoration(BackupSet.In(directory), new(own ?? Fresh("no-backups")), engine, TimeProvider.System, tell ?? (_ => { })).Run(CancellationToken.None));
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

    /// <summary>What the payments' job leaves of a payment that succeeded and whose event knows.</summary>
    public Task Pay(TicketRecord ticket) => Mark(ticket, PaymentStatus.Success, PaymentReason.None);

    /// <summary>What a return leaves of a payment.</summary>
    public Task Return(TicketRecord ticket) => Mark(ticket, PaymentStatus.Refunded, PaymentReason.Returned);

    /// <summary>Where a payment stands from now on.</summary>
    public async Task Mark(TicketRecord ticket, PaymentStatus status, PaymentReason reason)
    {
        var payment = (await PaymentOf(ticket, Engine))!;
        Put(Tables.Payments, payment with { Payment = payment.Payment! with { Status = status, Reason = reason }, NextAt = null });
    }

    /// <summary>The payment of a ticket.</summary>
    public static async Task<PaymentState> PaymentOf(TicketRecord ticket, IEngine engine) =>
        Tables.Payments.Read((await engine.Find(Tables.Payments, Cell.Of(ticket.PaymentId.Value)))!);

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
        foreach (var engine in opened) engine.Dispose();
        Engine.Dispose();
        Directory.Delete(root, recursive: true);
    }
}
