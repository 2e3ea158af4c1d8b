using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ticketing.Grains.Abstractions;

namespace Ticketing.ApiGateway;

/// <summary>Ids on the wire (contract.md 1.3): out as a plain string, in as one or as <c>{"$oid": "…"}</c>.</summary>
internal sealed class IdConverter : JsonConverter<RecordId>
{
    private const string Expected = "an id of 24 hexadecimal characters";

    public override RecordId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return Plain(ref reader);
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("$oid"u8) || !reader.Read())
            throw new Misfit(Expected);
        var id = Plain(ref reader);
        return reader.Read() && reader.TokenType == JsonTokenType.EndObject ? id : throw new Misfit(Expected);
    }

    public override void Write(Utf8JsonWriter writer, RecordId value, JsonSerializerOptions options)
    {
        Span<byte> bytes = stackalloc byte[RecordId.Size];
        value.Write(bytes);
        Span<byte> text = stackalloc byte[RecordId.TextLength];
        Convert.TryToHexStringLower(bytes, text, out _);
        writer.WriteStringValue(text);
    }

    private static RecordId Plain(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new Misfit(Expected);
        // As nearly all are written: no escapes, in one piece.
        Span<byte> bytes = stackalloc byte[RecordId.Size];
        if (!reader.HasValueSequence && reader.ValueSpan.Length == RecordId.TextLength
            && Convert.FromHexString(reader.ValueSpan, bytes, out _, out var written) == OperationStatus.Done && written == RecordId.Size)
            return RecordId.Read(bytes);
        return RecordId.TryParse(reader.GetString(), out var id) ? id : throw new Misfit(Expected);
    }
}

/// <summary>Lets a path segment through when it is an id, so that a handler never sees another.</summary>
internal sealed class IdConstraint : IRouteConstraint
{
    public const string Name = "id";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value) && RecordId.TryParse(value as string, out _);
}
