using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ticketing.History;

/// <summary>A line as JSON: docs/history.md describes the members. The chain at the end of a line is added and taken off by <see cref="HistoryWriter"/> and <see cref="HistoryReader"/>.</summary>
internal static class HistoryFormat
{
    public const int Version = 1;

    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Write(Utf8JsonWriter json, HistoryLine line)
    {
        json.WriteStartObject();
        switch (line)
        {
            case Head head:
                json.WriteNumber("history", Version);
                json.WriteString("event", Ids.Record(head.Event));
                break;
            case Batch batch:
                json.WriteNumber("batch", batch.Number);
                if (batch.Writer != 0) json.WriteString("writer", Ids.Writer(batch.Writer));
                if (batch.Fault is { } fault) json.WriteString("fault", fault);
                break;
            case Fact fact:
                json.WriteString("fact", Word(fact));
                WriteTime(json, "at", fact.At);
                Write(json, fact);
                break;
            default: throw new ArgumentException($"no format for {line.GetType().Name}", nameof(line));
        }

        json.WriteEndObject();
    }

    /// <exception cref="FormatException">A member is missing, or is not what it must be.</exception>
    public static HistoryLine Read(JsonElement line)
    {
        var members = new Members(line);
        if (line.TryGetProperty("history", out var version))
        {
            return version.TryGetInt32(out var number) && number == Version
                ? new Head(members.Id("event", 24))
                : throw new FormatException($"it is of another version of the format; this program reads version {Version}");
        }

        if (!line.TryGetProperty("batch", out _)) return ReadFact(members);
        return new Batch(members.Long("batch"), members.Has("writer") ? members.Number("writer") : 0, Fault: members.Has("fault") ? members.Text("fault") : null);
    }

    private static string Word(Fact fact) => fact switch
    {
        Opened => "opened",
        Details => "details",
        OffSale => "off-sale",
        Sold => "sold",
        Activated => "activated",
        ActivatedByHand => "activated-by-hand",
        Moved => "moved",
        Ended => "ended",
        Withdrawn => "withdrawn",
        ReturnOrdered => "return-ordered",
        ReturnDone => "return-done",
        Told => "told",
        _ => throw new ArgumentException($"no word for {fact.GetType().Name}", nameof(fact)),
    };

    private static void Write(Utf8JsonWriter json, Fact fact)
    {
        if (fact is TicketFact about) json.WriteString("ticket", Ids.Record(about.Ticket));
        switch (fact)
        {
            case Opened opened:
                if (opened.Writer != 0) json.WriteString("writer", Ids.Writer(opened.Writer));
                break;
            case Details details:
                Write(json, details.Command);
                json.WriteString("creator", Ids.Record(details.Creator));
                WriteTime(json, "date", details.Date);
                json.WriteNumber("capacity", details.Capacity);
                json.WriteNumber("price", details.Price);
                json.WriteNumber("withheld", details.Withheld);
                json.WriteBoolean("holders_must_hear", details.HoldersMustHear);
                break;
            case OffSale off: Write(json, off.Command); break;
            case Sold sold:
                json.WriteString("ticket", Ids.Record(sold.Ticket));
                Write(json, sold.Command);
                json.WriteString("payment", Ids.Record(sold.Payment));
                json.WriteString("owner", Ids.Record(sold.Owner));
                json.WriteNumber("seat", sold.Seat);
                json.WriteNumber("price", sold.Price);
                json.WriteString("currency", sold.Currency);
                WriteTime(json, "pay_by", sold.PayBy);
                break;
            case ActivatedByHand activated: Write(json, activated.Command); break;
            case Moved moved:
                Write(json, moved.Command);
                json.WriteNumber("seat", moved.Seat);
                break;
            case Ended ended:
                if (ended.Command is { } command) Write(json, command);
                json.WriteString("end", Kebab(ended.End.ToString()));
                json.WriteString("reason", Kebab(ended.Reason.ToString()));
                break;
            case Withdrawn withdrawn: Write(json, withdrawn.Command); break;
            case Told told:
                json.WriteString("tidings", Kebab(told.Tidings.ToString()));
                json.WriteString("key", Ids.Record(told.Key));
                break;
            default: break;
        }
    }

    private static void Write(Utf8JsonWriter json, Command command)
    {
        json.WriteString("operation", Ids.Operation(command.Id));
        json.WriteString("fingerprint", Ids.Writer(command.Fingerprint));
    }

    private static Fact ReadFact(Members line)
    {
        var (word, at) = (line.Text("fact"), line.Time("at"));
        return word switch
        {
            "opened" => new Opened(at, line.Has("writer") ? line.Number("writer") : 0),
            "details" => new Details(
                at, line.Command(), line.Id("creator", 24), line.Time("date"), line.Small("capacity"), line.Small("price"), line.Small("withheld"), line.Flag("holders_must_hear")),
            "off-sale" => new OffSale(at, line.Command()),
            "sold" => new Sold(
                at, line.Command(), line.Ticket, line.Id("payment", 24), line.Id("owner", 24), line.Small("seat"), line.Small("price"), line.Text("currency"), line.Time("pay_by")),
            "activated" => new Activated(at, line.Ticket),
            "activated-by-hand" => new ActivatedByHand(at, line.Command(), line.Ticket),
            "moved" => new Moved(at, line.Command(), line.Ticket, line.Small("seat")),
            "ended" => new Ended(at, line.Has("operation") ? line.Command() : null, line.Ticket, line.Word<TicketEnd>("end"), line.Word<EndReason>("reason")),
            "withdrawn" => new Withdrawn(at, line.Command(), line.Ticket),
            "return-ordered" => new ReturnOrdered(at, line.Ticket),
            "return-done" => new ReturnDone(at, line.Ticket),
            "told" => new Told(at, line.Ticket, line.Word<Tidings>("tidings"), line.Id("key", 24)),
            _ => throw new FormatException($"it is of an unknown kind, '{word}'"),
        };
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long time) =>
        json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime.ToString(Time, CultureInfo.InvariantCulture));

    /// <summary>PaymentTimedOut is written payment-timed-out.</summary>
    private static string Kebab(string name)
    {
        var word = new StringBuilder(name.Length + 3);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && word.Length > 0) word.Append('-');
            word.Append(char.ToLowerInvariant(letter));
        }

        return word.ToString();
    }

    /// <summary>The members of a line, each of which must be what is asked for.</summary>
    private readonly struct Members(JsonElement line)
    {
        public UInt128 Ticket => Id("ticket", 24);

        public bool Has(string name) => line.TryGetProperty(name, out _);

        public string Text(string name) => Get(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(name);

        public long Long(string name) => Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : throw Wrong(name);

        public uint Small(string name) => Long(name) is >= 0 and <= uint.MaxValue and var number ? (uint)number : throw Wrong(name);

        public bool Flag(string name) => Get(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : throw Wrong(name);

        public ulong Number(string name) => (ulong)Id(name, 16);

        public UInt128 Id(string name, int length) =>
            Text(name) is var text && text.Length == length && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : throw Wrong(name);

        public long Time(string name) =>
            DateTimeOffset.TryParseExact(Text(name), HistoryFormat.Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds() : throw Wrong(name);

        public Command Command() => new(Id("operation", 32), Number("fingerprint"));

        public T Word<T>(string name)
            where T : struct, Enum =>
            Enum.TryParse<T>(Text(name).Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var word) && Enum.IsDefined(word) && !char.IsDigit(Text(name)[0]) ? word : throw Wrong(name);

        private JsonElement Get(string name) => line.TryGetProperty(name, out var value) ? value : throw new FormatException($"it has no member '{name}'");

        private static FormatException Wrong(string name) => new($"its member '{name}' is not what it must be");
    }
}
