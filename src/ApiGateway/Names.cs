using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ticketing.ApiGateway;

/// <summary>The contract's spelling of an enum: its members' names, case-sensitive. The framework's own converter also takes other cases and lists.</summary>
internal sealed class Names<T> : JsonConverter<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<string, T> ByName = Enum.GetValues<T>().ToFrozenDictionary(static value => value.ToString());
    private static readonly FrozenDictionary<T, JsonEncodedText> ByValue =
        ByName.ToFrozenDictionary(static pair => pair.Value, static pair => JsonEncodedText.Encode(pair.Key));

    public static string[] Sorted { get; } = [.. ByName.Keys.Order()];

    public static string All { get; } = string.Join(", ", Sorted);

    public static bool TryParse(string? name, out T value)
    {
        value = default;
        return name is not null && ByName.TryGetValue(name, out value);
    }

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && (IsPlain(ref reader, out var value) || TryParse(reader.GetString(), out value)) ? value : throw new Misfit($"one of {All}");

    // As nearly all are written: no escapes.
    private static bool IsPlain(ref Utf8JsonReader reader, out T value)
    {
        foreach (var (each, name) in ByValue)
        {
            if (!reader.ValueIsEscaped && reader.ValueTextEquals(name.EncodedUtf8Bytes))
            {
                value = each;
                return true;
            }
        }

        value = default;
        return false;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(ByValue[value]);
}
