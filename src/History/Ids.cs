using System.Globalization;

namespace Ticketing.History;

/// <summary>Ids as they are written: lower-case hexadecimal, of fixed length.</summary>
public static class Ids
{
    /// <summary>The id of an event, a ticket, a payment, a notification or a person: 24 characters.</summary>
    public static string Record(UInt128 id) => id.ToString("x24", CultureInfo.InvariantCulture);

    /// <summary>The id of an operation: 32 characters.</summary>
    public static string Operation(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>A writer, or a fingerprint: 16 characters.</summary>
    public static string Writer(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
