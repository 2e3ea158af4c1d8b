using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Backups;

/// <summary>
/// The lines of a backup's file, which is JSON lines in UTF-8, compressed by gzip: one that says what it is, one for each row and each batch of a journal, and
/// one that ends it. Ids are hexadecimal, bytes base64, times milliseconds since 1970; what has no value is null. A released version is read for ever.
/// </summary>
internal static class BackupFormat
{
    public const string Name = "ticketing-backup";
    public const int Version = 1;

    // First line.
    public const string Format = "format";
    public const string VersionOfFormat = "format_version";
    public const string Program = "program";
    public const string Service = "service";
    public const string CreatedAt = "created_at";
    public const string Id = "id";

    // A row: its table, key, version and cells by the names of the columns.
    public const string Table = "table";
    public const string VersionOfRow = "version";
    public const string Cells = "cells";

    // A batch: its journal, number, id, chain and payload.
    public const string Journal = "journal";
    public const string Number = "number";
    public const string Batch = "batch";
    public const string Chain = "chain";
    public const string Payload = "payload";

    // Last line: rows and batches by table, how many records the list showed, and the hash of all lines before it.
    public const string End = "end";
    public const string Records = "records";
    public const string Hash = "sha256";

    /// <summary>How texts are written: readable in any language.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter json, RecordTable table, Row row)
    {
        json.WriteStartObject();
        json.WriteString(Table, table.Name);
        json.WritePropertyName(Id);
        Write(json, row.Key);
        json.WriteNumber(VersionOfRow, row.Version);
        json.WriteStartObject(Cells);
        for (var i = 0; i < row.Members.Length; i++)
        {
            json.WritePropertyName(table.Columns[i].Name);
            Write(json, row.Members[i]);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, EventKey journal, JournalBatch batch)
    {
        json.WriteStartObject();
        json.WriteString(Journal, journal.ToString());
        json.WriteNumber(Number, batch.Number);
        json.WriteString(Batch, batch.Id.ToString("N", CultureInfo.InvariantCulture));
        json.WriteBase64String(Chain, batch.Chain);
        json.WriteBase64String(Payload, batch.Payload);
        json.WriteEndObject();
    }

    public static Row ReadRow(JsonElement line, RecordTable table)
    {
        var cells = line.GetProperty(Cells);
        var members = new Cell[table.Columns.Count];
        var known = 0;
        for (var i = 0; i < members.Length; i++)
        {
            // A column that came with a later version of the program has no value in an earlier backup.
            if (!cells.TryGetProperty(table.Columns[i].Name, out var cell)) continue;
            members[i] = Read(cell, table.Columns[i].Type);
            known++;
        }

        if (cells.GetPropertyCount() != known) throw new InvalidDataException($"a record of {table.Name} has members that this program does not know: use a newer program");
        return new(Read(line.GetProperty(Id), table.KeyType), line.GetProperty(VersionOfRow).GetInt64(), members);
    }

    public static JournalBatch ReadBatch(JsonElement line) => new(
        line.GetProperty(Number).GetInt64(), Guid.ParseExact(line.GetProperty(Batch).GetString()!, "N"), line.GetProperty(Payload).GetBytesFromBase64(),
        line.GetProperty(Chain).GetBytesFromBase64());

    private static void Write(Utf8JsonWriter json, Cell cell)
    {
        if (!cell.HasValue)
        {
            json.WriteNullValue();
            return;
        }

        switch (cell.Type)
        {
            case ColumnType.Id: json.WriteStringValue(cell.Id.ToString()); break;
            case ColumnType.Number: json.WriteNumberValue(cell.Number); break;
            case ColumnType.Text: json.WriteStringValue(cell.Text); break;
            case ColumnType.Bytes: json.WriteBase64StringValue(cell.Bytes); break;
            default: throw new InvalidOperationException($"no JSON for {cell.Type}");
        }
    }

    private static Cell Read(JsonElement value, ColumnType type)
    {
        if (value.ValueKind == JsonValueKind.Null) return Cell.None;
        return type switch
        {
            ColumnType.Id => Cell.Of(RecordId.Parse(value.GetString()!)),
            ColumnType.Number => Cell.Of(value.GetInt64()),
            ColumnType.Text => Cell.Of(value.GetString()!),
            ColumnType.Bytes => Cell.Of(value.GetBytesFromBase64()),
            _ => throw new InvalidOperationException($"no value for {type}"),
        };
    }
}
