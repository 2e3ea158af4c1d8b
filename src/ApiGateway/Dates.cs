using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ticketing.ApiGateway;

/// <summary>Dates on the wire (contract.md 1.4): RFC 3339. Everything is cut to the millisecond, which is all that is answered.</summary>
internal static class Dates
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int LongestText = 64;

    /// <summary>In UTC with <c>Z</c>; milliseconds without trailing zeros, and no fraction when there is none.</summary>
    public static int Format(DateTimeOffset date, Span<byte> text)
    {
        var utc = date.UtcDateTime;
        utc.TryFormat(text, out var written, "s", CultureInfo.InvariantCulture);
        if (utc.Millisecond != 0)
        {
            text[written++] = (byte)'.';
            for (var (rest, digit) = (utc.Millisecond, 100); rest != 0; (rest, digit) = (rest % digit, digit / 10))
                text[written++] = (byte)('0' + (rest / digit));
        }

        text[written++] = (byte)'Z';
        return written;
    }

    /// <summary>Reads RFC 3339 with any offset.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        const int seconds = 19;
        if (text.Length is < seconds + 1 or > LongestText || text[10] is not ('T' or 't') || !TryParseDay(text[..10], out var day) || !TryParseClock(text[11..seconds], out var clock))
            return false;

        var rest = text[seconds..];
        var milliseconds = 0;
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (digits < 1)
                return false;
            for (var digit = 0; digit < 3; digit++)
                milliseconds = (milliseconds * 10) + (digit < digits ? rest[1 + digit] - '0' : 0);
            rest = rest[(1 + digits)..];
        }

        return TryParseOffset(rest, out var offset) && TryMake(day.Ticks + clock.Ticks - offset.Ticks + (milliseconds * TimeSpan.TicksPerMillisecond), out date);
    }

    /// <summary>Reads milliseconds since 1970.</summary>
    public static bool TryParse(long milliseconds, out DateTimeOffset date)
    {
        date = default;
        const long farthest = 253_402_300_799_999;
        return milliseconds is >= -62_135_596_800_000 and <= farthest && TryMake(DateTime.UnixEpoch.Ticks + (milliseconds * TimeSpan.TicksPerMillisecond), out date);
    }

    // yyyy-MM-dd.
    private static bool TryParseDay(ReadOnlySpan<char> text, out DateTime day)
    {
        var (year, month, date) = ((Two(text) * 100) + Two(text[2..]), Two(text[5..]), Two(text[8..]));
        var fits = text[4] == '-' && text[7] == '-' && year >= 1 && month is >= 1 and <= 12 && date >= 1 && date <= DateTime.DaysInMonth(year, month);
        day = fits ? new DateTime(year, month, date, 0, 0, 0, DateTimeKind.Utc) : default;
        return fits;
    }

    // hh:mm, or hh:mm:ss.
    private static bool TryParseClock(ReadOnlySpan<char> text, out TimeSpan clock)
    {
        var (hours, minutes, seconds) = (Two(text), Two(text[3..]), text.Length == 5 ? 0 : Two(text[6..]));
        var fits = text[2] == ':' && (text.Length == 5 || text[5] == ':') && hours is >= 0 and < 24 && minutes is >= 0 and < 60 && seconds is >= 0 and < 60;
        clock = fits ? new TimeSpan(hours, minutes, seconds) : default;
        return fits;
    }

    // Two digits, or a number so far below nought that no digits beside them make up for it.
    private static int Two(ReadOnlySpan<char> text) =>
        char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[1]) ? ((text[0] - '0') * 10) + text[1] - '0' : -10_000;

    private static bool TryParseOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text is "Z" or "z")
            return true;
        if (text.Length != 6 || text[0] is not ('+' or '-')
            || !TryParseClock(text[1..], out offset))
            return false;
        if (text[0] == '-')
            offset = -offset;
        return true;
    }

    private static bool TryMake(long ticks, out DateTimeOffset date)
    {
        var fits = ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;
        date = fits ? new DateTimeOffset(ticks, TimeSpan.Zero) : default;
        return fits;
    }
}

/// <summary>Dates in bodies and answers. In: also <c>{"$date": …}</c> with a string, a number of milliseconds or <c>{"$numberLong": "…"}</c>; a bare number is refused.</summary>
internal sealed class DateConverter : JsonConverter<DateTimeOffset>
{
    private const string Expected = "a date as RFC 3339 writes it, 2030-05-15T09:00:00Z";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return Text(ref reader);
        Enter(ref reader, "$date"u8);
        var date = reader.TokenType switch
        {
            JsonTokenType.String => Text(ref reader),
            JsonTokenType.Number => reader.TryGetInt64(out var milliseconds) && Dates.TryParse(milliseconds, out var read) ? read : throw new Misfit(Expected),
            _ => NumberLong(ref reader),
        };
        Leave(ref reader);
        return date;
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        writer.WriteStringValue(text[..Dates.Format(value, text)]);
    }

    private static DateTimeOffset Text(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueSpan.Length > Dates.LongestText)
            return Dates.TryParse(reader.GetString(), out var escaped) ? escaped : throw new Misfit(Expected);
        Span<char> text = stackalloc char[Dates.LongestText];
        return Dates.TryParse(text[..reader.CopyString(text)], out var date) ? date : throw new Misfit(Expected);
    }

    private static DateTimeOffset NumberLong(ref Utf8JsonReader reader)
    {
        Enter(ref reader, "$numberLong"u8);
        if (reader.TokenType != JsonTokenType.String
            || !long.TryParse(reader.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            || !Dates.TryParse(milliseconds, out var date))
            throw new Misfit(Expected);
        Leave(ref reader);
        return date;
    }

    private static void Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> member)
    {
        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName
            || !reader.ValueTextEquals(member) || !reader.Read())
            throw new Misfit(Expected);
    }

    private static void Leave(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndObject)
            throw new Misfit(Expected);
    }
}
