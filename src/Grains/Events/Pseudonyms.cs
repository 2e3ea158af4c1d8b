using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ticketing.Grains.Events;

/// <summary>
/// Takes out of a history's lines what tells who somebody is. People, operations and writers become the first bytes of an HMAC-SHA256 of what they are, under a key that only
/// who has the journal knows: the same for one throughout the event, and another at another event. What an organiser says in words is left out.
/// </summary>
/// <param name="key">Sixteen bytes, the id of the journal's first batch, which was drawn at random and is never published.</param>
internal sealed class Pseudonyms(byte[] key)
{
    private enum Kind : byte
    {
        Person = 1,
        Operation = 2,
        Fingerprint = 3,
        Writer = 4,
    }

    /// <summary>A line without people.</summary>
    public History.HistoryLine Of(History.HistoryLine line) => line switch
    {
        History.Batch batch => batch with { Writer = Writer(batch.Writer), Seal = null },
        History.Opened opened => opened with { Writer = Writer(opened.Writer) },
        History.Details details => details with { Command = Of(details.Command), Creator = Person(details.Creator), Texts = null },
        History.OffSale off => off with { Command = Of(off.Command) },
        History.Sold sold => sold with { Command = Of(sold.Command), Owner = Person(sold.Owner) },
        History.ActivatedByHand activated => activated with { Command = Of(activated.Command) },
        History.Moved moved => moved with { Command = Of(moved.Command) },
        History.Ended { Command: { } command } ended => ended with { Command = Of(command) },
        History.Withdrawn withdrawn => withdrawn with { Command = Of(withdrawn.Command) },
        History.Head or History.Activated or History.Ended or History.ReturnOrdered or History.ReturnDone or History.Told => line,
        _ => throw new InvalidOperationException($"what is in a {line.GetType().Name} is not known"),
    };

    private UInt128 Person(UInt128 id) => Hash(Kind.Person, id, 0) >> 32;

    private History.Command Of(History.Command command) =>
        new(Hash(Kind.Operation, command.Id, 0), (ulong)(Hash(Kind.Fingerprint, command.Id, command.Fingerprint) >> 64));

    /// <summary>A writer is part of the key, so it is none to be published.</summary>
    private ulong Writer(ulong writer) => writer == 0 ? 0 : (ulong)(Hash(Kind.Writer, writer, 0) >> 64);

    private UInt128 Hash(Kind kind, UInt128 first, ulong second)
    {
        Span<byte> text = stackalloc byte[25];
        text[0] = (byte)kind;
        BinaryPrimitives.WriteUInt128BigEndian(text[1..], first);
        BinaryPrimitives.WriteUInt64BigEndian(text[17..], second);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
