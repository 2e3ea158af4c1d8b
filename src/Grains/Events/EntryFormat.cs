using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Events;

/// <summary>
/// The bytes of a batch: a version, then entry after entry, each a kind and its members. A released version is read for ever; a golden file
/// of each is kept with the tests. A new member or kind means a new version.
/// </summary>
internal static class EntryFormat
{
    private const byte Version = 3;
    private const byte FirstWithWriters = 3;

    private enum Kind : byte
    {
        Opened = 1,
        DetailsSet = 2,
        Deleted = 3,
        Purchased = 4,
        Activated = 5,
        SeatMoved = 6,
        TicketEnded = 7,
        ReturnOrdered = 8,
        ReturnDone = 9,
        Told = 10,

        // Since version 2.
        ActivatedByHand = 11,
        TicketDeleted = 12,
    }

    /// <summary>The bytes of a batch of entries.</summary>
    public static byte[] Write(IReadOnlyList<Entry> entries)
    {
        var writer = Begin();
        foreach (var entry in entries) Add(writer, entry);
        return writer.ToArray();
    }

    /// <summary>The beginning of a batch.</summary>
    public static BytesWriter Begin()
    {
        var writer = new BytesWriter();
        writer.Byte(Version);
        return writer;
    }

    /// <summary>The entries of a batch.</summary>
    /// <exception cref="InvalidDataException">The bytes are no batch of a version that this program knows.</exception>
    public static List<Entry> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new BytesReader(bytes);
        var version = reader.Byte();
        if (version is 0 or > Version) throw new InvalidDataException($"a batch of format {version}; this program reads formats 1 to {Version}");
        var entries = new List<Entry>();
        while (!reader.AtEnd) entries.Add(ReadEntry(ref reader, version));
        return entries;
    }

    /// <summary>Whether a batch was written by a program whose batches say who wrote them.</summary>
    public static bool SaysWriter(ReadOnlySpan<byte> bytes) => bytes is [>= FirstWithWriters, ..];

    /// <summary>Writes an event's details, here and in snapshots.</summary>
    public static void WriteDetails(BytesWriter writer, EventDetails details)
    {
        writer.Text(details.Title);
        writer.Text(details.Description);
        writer.Text(details.Location);
        writer.Time(details.Date);
        writer.Number(details.Capacity);
        writer.Number(details.Price);
    }

    /// <summary>Reads what <see cref="WriteDetails"/> wrote.</summary>
    public static EventDetails ReadDetails(ref BytesReader reader) =>
        new(reader.Text(), reader.Text(), reader.Text(), reader.Time(), reader.Small(), reader.Small());

    /// <summary>Adds an entry to a batch.</summary>
    public static void Add(BytesWriter writer, Entry entry)
    {
        switch (entry)
        {
            case Opened opened:
                Begin(Kind.Opened);
                writer.Fixed(opened.Writer);
                break;
            case DetailsSet set:
                Begin(Kind.DetailsSet);
                writer.Operation(set.Operation);
                writer.Id(set.Creator.Value);
                WriteDetails(writer, set.Details);
                writer.Number(set.Withheld);
                writer.Byte(set.HoldersMustHear ? (byte)1 : (byte)0);
                break;
            case Deleted deleted:
                Begin(Kind.Deleted);
                writer.Operation(deleted.Operation);
                break;
            case Purchased bought:
                Begin(Kind.Purchased);
                WritePurchase(writer, bought);
                break;
            case Activated activated:
                Begin(Kind.Activated);
                writer.Id(activated.TicketId.Value);
                break;
            case ActivatedByHand activated:
                Begin(Kind.ActivatedByHand);
                writer.Operation(activated.Operation);
                writer.Id(activated.TicketId.Value);
                break;
            case SeatMoved moved:
                Begin(Kind.SeatMoved);
                writer.Operation(moved.Operation);
                writer.Id(moved.TicketId.Value);
                writer.Number(moved.Seat);
                break;
            case TicketEnded ended:
                Begin(Kind.TicketEnded);
                WriteEnd(writer, ended);
                break;
            case TicketDeleted deleted:
                Begin(Kind.TicketDeleted);
                writer.Operation(deleted.Operation);
                writer.Id(deleted.TicketId.Value);
                break;
            case ReturnOrdered ordered:
                Begin(Kind.ReturnOrdered);
                writer.Id(ordered.TicketId.Value);
                break;
            case ReturnDone done:
                Begin(Kind.ReturnDone);
                writer.Id(done.TicketId.Value);
                break;
            case Told told:
                Begin(Kind.Told);
                writer.Id(told.TicketId.Value);
                writer.Byte((byte)told.Tidings);
                break;
            default: throw new InvalidOperationException($"no format for {entry.GetType().Name}");
        }

        void Begin(Kind kind)
        {
            writer.Byte((byte)kind);
            writer.Time(entry.At);
        }
    }

    private static void WritePurchase(BytesWriter writer, Purchased bought)
    {
        writer.Operation(bought.Operation);
        writer.Id(bought.TicketId.Value);
        writer.Id(bought.PaymentId.Value);
        writer.Id(bought.Owner.Value);
        writer.Number(bought.Seat);
        writer.Number(bought.Price.Amount);
        writer.Byte((byte)bought.Price.Currency);
        writer.Time(bought.PayBy);
        writer.Text(bought.CardToken);
    }

    private static void WriteEnd(BytesWriter writer, TicketEnded ended)
    {
        writer.Byte(ended.Operation is null ? (byte)0 : (byte)1);
        if (ended.Operation is { } operation) writer.Operation(operation);
        writer.Id(ended.TicketId.Value);
        writer.Byte((byte)ended.End);
        writer.Byte((byte)ended.Reason);
    }

    private static Entry ReadEntry(ref BytesReader reader, byte version)
    {
        var kind = (Kind)reader.Byte();
        var at = reader.Time();
        return kind switch
        {
            Kind.Opened => new Opened(at, version >= FirstWithWriters ? reader.Fixed() : 0),
            Kind.DetailsSet => new DetailsSet(
                at, reader.Operation(), new(reader.Id()), ReadDetails(ref reader), reader.Small(), version > 1 && reader.Byte() == 1),
            Kind.Deleted => new Deleted(at, reader.Operation()),
            Kind.Purchased => new Purchased(
                at, reader.Operation(), new TicketId(reader.Id()), new PaymentId(reader.Id()), new UserId(reader.Id()), reader.Small(),
                new Money(reader.Small(), (Currency)reader.Byte()), reader.Time(), reader.Text()),
            Kind.Activated => new Activated(at, new(reader.Id())),
            Kind.SeatMoved => new SeatMoved(at, reader.Operation(), new(reader.Id()), reader.Small()),
            Kind.TicketEnded => new TicketEnded(
                at, reader.Byte() == 0 ? null : reader.Operation(), new(reader.Id()), (TicketStatus)reader.Byte(), (EndReason)reader.Byte()),
            Kind.ReturnOrdered => new ReturnOrdered(at, new(reader.Id())),
            Kind.ReturnDone => new ReturnDone(at, new(reader.Id())),
            Kind.Told => new Told(at, new(reader.Id()), (Tidings)reader.Byte()),
            Kind.ActivatedByHand when version > 1 => new ActivatedByHand(at, reader.Operation(), new(reader.Id())),
            Kind.TicketDeleted when version > 1 => new TicketDeleted(at, reader.Operation(), new(reader.Id())),
            _ => throw new InvalidDataException($"an entry of unknown kind {(byte)kind}"),
        };
    }
}
