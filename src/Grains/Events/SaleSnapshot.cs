using System.Security.Cryptography;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Events;

/// <summary>
/// A sale as bytes, so that an event wakes without reading its whole journal. The bytes depend on the entries alone: the fold of a snapshot and
/// the entries after it gives the very bytes that the fold of all entries gives. The last 32 bytes are the SHA-256 of those before.
/// </summary>
internal sealed partial class Sale
{
    private const byte SnapshotVersion = 2;
    // A ticket's standing and what else is true of it, in one byte. Version 1 has the standing alone.
    private const byte StatusBits = 0x0F;
    private const byte UnpaidBit = 0x10;
    private const byte DeletedBit = 0x20;
    private const int RoomForTicket = 90;

    /// <summary>The state as bytes; proportional to what was sold, not to the capacity.</summary>
    public byte[] ToSnapshot()
    {
        var writer = new BytesWriter(1024 + (tickets.Count * RoomForTicket));
        writer.Byte(SnapshotVersion);
        writer.Number((ulong)Position);
        writer.Byte(Details is null ? (byte)0 : (byte)1);
        if (Details is not null)
        {
            EntryFormat.WriteDetails(writer, Details);
            writer.Byte(IsDeleted ? (byte)1 : (byte)0);
            writer.Id(Creator.Value);
            writer.Time(CreatedAt);
            writer.Number(Withheld);
            writer.Number((ulong)changedAt);
            writer.Count(toldBefore);
            writer.Count(toTell);
        }

        writer.Count(tickets.Count);
        for (var i = 0; i < tickets.Count; i++) Write(writer, tickets[i]);
        writer.Count(commands.Count);
        foreach (var command in commands) Write(writer, command);
        writer.Count(returns.Count);
        foreach (var ticket in returns.Keys) writer.Id(ticket.Value);
        writer.Seal();
        return writer.ToArray();
    }

    /// <summary>The sale that <see cref="ToSnapshot"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no snapshot of a version that this program knows.</exception>
    public static Sale FromSnapshot(EventKey key, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= SHA256.HashSizeInBytes || !SHA256.HashData(bytes[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(bytes[^SHA256.HashSizeInBytes..]))
            throw new InvalidDataException("a snapshot that is not what was written");
        var reader = new BytesReader(bytes[..^SHA256.HashSizeInBytes]);
        var version = reader.Byte();
        if (version is 0 or > SnapshotVersion) throw new InvalidDataException($"a snapshot of format {version}; this program reads formats 1 to {SnapshotVersion}");
        var sale = new Sale(key) { Position = (long)reader.Number() };
        if (reader.Byte() == 1)
        {
            sale.Details = EntryFormat.ReadDetails(ref reader);
            sale.IsDeleted = reader.Byte() == 1;
            sale.Creator = new UserId(reader.Id());
            sale.CreatedAt = reader.Time();
            sale.Withheld = reader.Small();
            // What version 1 does not say is taken for the worst: that the record has changed just now.
            (sale.changedAt, sale.toldBefore, sale.toTell) = version == 1 ? (sale.Position, 0, 0) : ((long)reader.Number(), reader.Count(), reader.Count());
        }

        var count = reader.Count();
        sale.byId.EnsureRoom(count);
        sale.operations.EnsureRoom(count);
        sale.seats.EnsureRoom(count);
        while (count-- > 0) sale.Restore(ReadTicket(ref reader));
        for (count = reader.Count(); count > 0; count--) sale.Remember(sale.ReadCommand(ref reader));
        for (count = reader.Count(); count > 0; count--) sale.ApplyOrder(new TicketId(reader.Id()));

        sale.Advance();
        if (!reader.AtEnd) throw new InvalidDataException("a snapshot with more after its end");
        return sale;
    }

    private void Restore(in SoldTicket ticket)
    {
        var index = tickets.Count;
        tickets.Add(ticket);
        Assert(byId.TryAdd(ticket.Id, index), "a ticket made twice");
        Assert(operations.TryAdd(ticket.Operation, index), "an operation carried out twice");
        Assert(ticket.Ended || seats.TryAdd(ticket.Seat, index), "a seat sold twice");
    }

    private static void Write(BytesWriter writer, in SoldTicket ticket)
    {
        writer.Id(ticket.Id.Value);
        writer.Id(ticket.Owner.Value);
        writer.Id(ticket.PaymentId.Value);
        writer.Operation(new(ticket.Operation, ticket.Fingerprint));
        writer.Number((ulong)ticket.BoughtAt);
        writer.Number((ulong)ticket.PayBy);
        writer.Number(ticket.BoughtSeat);
        writer.Number(ticket.Seat);
        writer.Number(ticket.Price.Amount);
        writer.Byte((byte)ticket.Price.Currency);
        writer.Byte((byte)((byte)ticket.Status | (ticket.Unpaid ? UnpaidBit : 0) | (ticket.IsDeleted ? DeletedBit : 0)));
    }

    private static SoldTicket ReadTicket(ref BytesReader reader)
    {
        var ticket = new SoldTicket { Id = new(reader.Id()), Owner = new(reader.Id()), PaymentId = new(reader.Id()) };
        (ticket.Operation, ticket.Fingerprint) = reader.Operation();
        ticket.BoughtAt = (long)reader.Number();
        ticket.PayBy = (long)reader.Number();
        ticket.BoughtSeat = reader.Small();
        ticket.Seat = reader.Small();
        ticket.Price = new Money(reader.Small(), (Currency)reader.Byte());
        var standing = reader.Byte();
        ticket.Status = (TicketStatus)(standing & StatusBits);
        ticket.Unpaid = (standing & UnpaidBit) != 0;
        ticket.IsDeleted = (standing & DeletedBit) != 0;
        return ticket;
    }

    private static void Write(BytesWriter writer, Command command)
    {
        writer.Operation(command.Operation);
        writer.Byte(command.Event is null ? (byte)0 : (byte)1);
        if (command.Event is { } record)
        {
            EntryFormat.WriteDetails(writer, record.Details);
            writer.Number(record.RemainingSeats);
            writer.Number((ulong)record.Version);
        }
        else
        {
            writer.Count(command.Ticket);
            writer.Number(command.Seat);
            writer.Byte((byte)command.Status);
        }
    }

    private Command ReadCommand(ref BytesReader reader)
    {
        var operation = reader.Operation();
        if (reader.Byte() == 0) return new(operation, reader.Count(), reader.Small(), (TicketStatus)reader.Byte(), null);
        var details = EntryFormat.ReadDetails(ref reader);
        return new(operation, -1, 0, default, new(key, details, reader.Small(), CreatedAt, Creator, (long)reader.Number()));
    }
}
