using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Events;

namespace Ticketing.Grains.Tests.Events;

/// <summary>
/// What a released version wrote is read for ever. A file that fails here is never made anew: the format gets a new version, with a file of its
/// own, and this one is read on.
/// </summary>
public sealed class GoldenTests
{
    private static readonly DateTimeOffset At = new(2026, 5, 15, 19, 30, 0, 123, TimeSpan.Zero);
    private static readonly EventKey Key = new(Id(1));
    private static readonly UserId Organiser = new(Id(2));
    private static readonly EventDetails Details = new("Zauberflöte 🎭", "Der Vogelfänger bin ich ja", "Opernhaus, Zürich", At.AddDays(30), 50_000, 4_000_000_000);

    [Fact]
    public void Every_kind_of_entry_is_read_as_version_1_wrote_it()
    {
        var golden = Read("journal-1.hex");

        Assert.Equal(EveryEntryOfVersion1(), golden.SelectMany(line => EntryFormat.Read(Convert.FromHexString(line))));
        // A batch that says it is of version 1 has nothing of a later one.
        Assert.Throws<InvalidDataException>(() => EntryFormat.Read([1, .. EntryFormat.Write([new TicketDeleted(At, Operation(1), new(Id(1)))])[1..]]));
    }

    [Fact]
    public void Every_kind_of_entry_is_read_as_version_2_wrote_it() =>
        Assert.Equal(EveryEntryOfVersion2(), Read("journal-2.hex").SelectMany(line => EntryFormat.Read(Convert.FromHexString(line))));

    [Fact]
    public void Every_kind_of_entry_is_written_and_read_as_in_version_3()
    {
        var golden = Read("journal-3.hex");
        var entries = EveryEntry();

        Assert.Equal(golden, entries.Select(entry => Convert.ToHexStringLower(EntryFormat.Write([entry]))));
        Assert.Equal(entries, golden.SelectMany(line => EntryFormat.Read(Convert.FromHexString(line))));
    }

    [Fact]
    public void The_golden_file_has_every_kind_of_entry_and_every_value_of_its_members()
    {
        var kinds = typeof(Entry).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Entry)));
        var entries = EveryEntry();
        Assert.Equal(kinds.Select(kind => kind.Name).Order(), entries.Select(entry => entry.GetType().Name).Distinct().Order());
        Assert.Equal(Enum.GetValues<Tidings>(), entries.OfType<Told>().Select(told => told.Tidings));
        Assert.Equal(Enum.GetValues<EndReason>(), entries.OfType<TicketEnded>().Select(ended => ended.Reason));
        Assert.Equal(Enum.GetValues<Currency>(), entries.OfType<Purchased>().Select(bought => bought.Price.Currency));
    }

    [Fact]
    public void Snapshots_are_read_as_version_1_wrote_them()
    {
        var golden = Read("snapshot-1.hex");
        AssertRead(golden, [new(Key), Alive(), DeletedOne()]);

        var alive = Sale.FromSnapshot(Key, Convert.FromHexString(golden[1]));
        // When the record last changed is not known of it: at the worst just now.
        Assert.True(alive.HasChangedSince([alive.Position - 1]));
        Assert.False(alive.HasChangedSince([alive.Position]));
        Assert.Equal(alive.ToSnapshot(), Sale.FromSnapshot(Key, alive.ToSnapshot()).ToSnapshot());
    }

    [Fact]
    public void Snapshots_are_written_and_read_as_in_version_2()
    {
        var golden = Read("snapshot-2.hex");
        Sale[] sales = [new(Key), Alive(), DeletedOne(), Changed()];

        Assert.Equal(golden, sales.Select(sale => Convert.ToHexStringLower(sale.ToSnapshot())));
        AssertRead(golden, sales);
        Assert.All(golden, line => Assert.Equal(line, Convert.ToHexStringLower(Sale.FromSnapshot(Key, Convert.FromHexString(line)).ToSnapshot())));
        var changed = Sale.FromSnapshot(Key, Convert.FromHexString(golden[3]));
        Assert.True(changed.HasWorkDue(At));
        Assert.Equal([false, true, false], new[] { 10u, 20u, 30u }.Select(number => changed.IsTicketDeleted(new(Id(number)))));
        changed.Settle(new(new(Id(31)), Key, new(Id(30)), Succeeded: true), At);
        changed.Tidy(At, 10);
        Assert.Equal(
            [new Told(At, new(Id(30)), Tidings.PaymentReceived), new Told(At, new(Id(30)), Tidings.EventChanged), new Told(At, new(Id(40)), Tidings.EventChanged)],
            changed.TakeDecided());
    }

    private static void AssertRead(string[] golden, Sale[] sales)
    {
        Assert.Equal(sales.Length, golden.Length);
        foreach (var (line, sale) in golden.Zip(sales))
        {
            var read = Sale.FromSnapshot(Key, Convert.FromHexString(line));
            Assert.Equal((sale.Remaining, sale.Taken, sale.Withheld, sale.IsDeleted, sale.Position), (read.Remaining, read.Taken, read.Withheld, read.IsDeleted, read.Position));
            Assert.Equal((sale.Details, sale.Creator, sale.CreatedAt, sale.HasOpenWork), (read.Details, read.Creator, read.CreatedAt, read.HasOpenWork));
            Assert.Equal(sale.Returns, read.Returns);
        }

        var alive = Sale.FromSnapshot(Key, Convert.FromHexString(golden[1]));
        TicketStatus[] statuses = [TicketStatus.Active, TicketStatus.Cancelled, TicketStatus.Refunded, TicketStatus.Pending];
        Assert.Equal(statuses, new[] { 10u, 20u, 30u, 40u }.Select(number => alive.Ticket(new(Id(number))).Status));
    }

    [Fact]
    public void A_snapshot_answers_the_operations_it_knows()
    {
        var sale = Sale.FromSnapshot(Key, Convert.FromHexString(Read("snapshot-1.hex")[1]));
        var caller = new Caller(Organiser, Role.User);

        Assert.Equal(new EventRecord(Key, Details, 50_000, At, Organiser, 1), sale.Create(Operation(1), Organiser, Details, At).Value);
        var moved = sale.Move(new(Operation(11), new(Id(10)), caller, 9), At).Value;
        Assert.Equal((9u, TicketStatus.Pending), (moved!.SeatNumber, moved.Status));
        Assert.Equal(TicketStatus.Refunded, sale.End(new(Operation(31), new(Id(30)), caller, TicketStatus.Refunded), At).Value!.Status);
        Assert.Equal(Refusal.OperationIdReused, sale.Delete(Operation(1) with { Fingerprint = 7 }, caller, null, At).Refusal);
        Assert.False(sale.HasDecided);
    }

    [Fact]
    public void Bytes_of_another_version_or_cut_short_are_refused()
    {
        var batch = EntryFormat.Write(EveryEntry());
        var snapshot = Alive().ToSnapshot();
        Assert.Throws<InvalidDataException>(() => EntryFormat.Read([4, .. batch[1..]]));
        Assert.Throws<InvalidDataException>(() => EntryFormat.Read([1, 99, 0]));
        Assert.Throws<InvalidDataException>(() => Sale.FromSnapshot(Key, [3, .. snapshot[1..]]));
        Assert.Throws<InvalidDataException>(() => Sale.FromSnapshot(Key, [.. snapshot, 0]));
        for (var length = 0; length < snapshot.Length; length++) Assert.Throws<InvalidDataException>(() => Sale.FromSnapshot(Key, snapshot.AsSpan(0, length)));
        var last = EntryFormat.Write([EveryEntry()[^1]]);
        Assert.Throws<InvalidDataException>(() => EntryFormat.Read(last.AsSpan(0, last.Length - 1)));
    }

    private static List<Entry> EveryEntryOfVersion1() =>
    [
        .. EveryEntryOfVersion2().Where(entry => entry is not (ActivatedByHand or TicketDeleted or DetailsSet { HoldersMustHear: true }
            or TicketEnded { Reason: > EndReason.EventDeleted } or Told { Tidings: > Tidings.EventCancelled })),
    ];

    private static List<Entry> EveryEntryOfVersion2() => [.. EveryEntry().Select(entry => entry is Opened ? new Opened(At) : entry)];

    private static List<Entry> EveryEntry() =>
    [
        new Opened(At, 0x8000_0000_0000_0001),
        new DetailsSet(At, Operation(1), Organiser, Details, 123),
        new DetailsSet(At, Operation(5), Organiser, Details, 123, HoldersMustHear: true),
        new Deleted(At, Operation(2)),
        Bought(10, 1, Currency.Eur),
        Bought(20, 50_000, Currency.Usd),
        new Activated(At, new(Id(10))),
        new ActivatedByHand(At, Operation(6), new(Id(10))),
        new SeatMoved(At, Operation(3), new(Id(10)), 300),
        new TicketDeleted(At, Operation(7), new(Id(10))),
        .. Enum.GetValues<EndReason>().Select(reason => new TicketEnded(
            At, reason == EndReason.Asked ? Operation(4) : null, new(Id(10)), reason == EndReason.EventDeleted ? TicketStatus.Refunded : TicketStatus.Cancelled, reason)),
        new ReturnOrdered(At, new(Id(10))),
        new ReturnDone(At, new(Id(10))),
        .. Enum.GetValues<Tidings>().Select(tidings => new Told(At, new(Id(10)), tidings)),
    ];

    /// <summary>A sale with tickets of every standing, and every kind of command.</summary>
    private static Sale Alive() => Fold(
        new DetailsSet(At, Operation(1), Organiser, Details, 0),
        Bought(10, 1, Currency.Eur),
        new SeatMoved(At, Operation(11), new(Id(10)), 9),
        new Activated(At, new(Id(10))),
        Bought(20, 2, Currency.Usd),
        new TicketEnded(At, null, new(Id(20)), TicketStatus.Cancelled, EndReason.PaymentDeclined),
        new ReturnOrdered(At, new(Id(20))),
        Bought(30, 3, Currency.Eur),
        new TicketEnded(At, Operation(31), new(Id(30)), TicketStatus.Refunded, EndReason.Asked),
        new ReturnOrdered(At, new(Id(30))),
        new ReturnDone(At, new(Id(20))),
        new DetailsSet(At, Operation(5), Organiser, Details with { Price = 1 }, 49_000),
        Bought(40, 3, Currency.Usd));

    private static Sale DeletedOne() => Fold(
        new DetailsSet(At, Operation(1), Organiser, Details, 0),
        Bought(10, 1, Currency.Eur),
        new Deleted(At, Operation(2)));

    /// <summary>A sale with a deleted ticket, one activated by hand, and holders who have not all heard of a change.</summary>
    private static Sale Changed() => Fold(
        new DetailsSet(At, Operation(1), Organiser, Details, 0),
        Bought(10, 1, Currency.Eur),
        Bought(20, 2, Currency.Usd),
        Bought(30, 3, Currency.Usd),
        Bought(40, 4, Currency.Usd),
        new ActivatedByHand(At, Operation(32), new(Id(30))),
        new TicketDeleted(At, Operation(22), new(Id(20))),
        new TicketEnded(At, null, new(Id(20)), TicketStatus.Cancelled, EndReason.TicketDeleted),
        new ReturnOrdered(At, new(Id(20))),
        new DetailsSet(At, Operation(5), Organiser, Details with { Location = "Tonhalle" }, 0, HoldersMustHear: true),
        new Told(At, new(Id(10)), Tidings.EventChanged));

    private static Sale Fold(params Entry[] entries)
    {
        var sale = new Sale(Key);
        foreach (var entry in entries) sale.Apply(entry);
        return sale;
    }

    private static Purchased Bought(uint id, uint seat, Currency currency) => new(
        At, Operation(id), new TicketId(Id(id)), new PaymentId(Id(id + 1)), Organiser, seat, new Money(4_000_000_000, currency), At.AddHours(24), "tok_ü");

    private static RecordId Id(uint number) => new(0x6A07_7D5C_0000_00FF, 0xFF00_0000 + number);

    private static Operation Operation(uint number) => new(new(0xFEDC_BA98_7654_3210, number), 0x8000_0000_0000_0000 + number);

    private static string[] Read(string file) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Events", "Golden", file));
}
