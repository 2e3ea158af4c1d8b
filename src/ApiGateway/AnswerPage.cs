using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ticketing.ApiGateway;

/// <summary>Where an answer is written before it is sent. Each thread keeps one for its next answer.</summary>
/// <param name="buffer">Its bytes.</param>
/// <param name="writer">Writes into them.</param>
internal sealed class AnswerPage(ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer)
{
    private const int UsualSize = 1024;
    private const int LargestKept = 64 * 1024;

    [ThreadStatic] private static AnswerPage? spare;

    /// <summary>An empty page.</summary>
    public static AnswerPage Take()
    {
        if (spare is { } page)
        {
            spare = null;
            return page;
        }

        var buffer = new ArrayBufferWriter<byte>(UsualSize);
        // The serializer keeps to the grammar by itself.
        return new(buffer, new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }));
    }

    /// <summary>Writes a value as JSON.</summary>
    /// <returns>The bytes, until the page is given back.</returns>
    public ReadOnlyMemory<byte> Write<T>(T value, JsonTypeInfo<T> type)
    {
        JsonSerializer.Serialize(writer, value, type);
        return buffer.WrittenMemory;
    }

    /// <summary>The bytes are not needed any more. A page that is not given back is not used again.</summary>
    public void GiveBack()
    {
        if (buffer.Capacity > LargestKept)
            return;
        writer.Reset();
        buffer.ResetWrittenCount();
        spare = this;
    }
}
