using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Storage;
using Ticketing.Grains.Abstractions;

namespace Ticketing.Storage;

/// <summary>
/// What <c>IPersistentState</c> is kept in. A state that is also a record (a payment, a notification, a profile) is a row of its table, found by the
/// grain's key; any other is JSON in <see cref="Tables.States"/>. A write or a clear with a stale or foreign ETag is refused and changes nothing.
/// </summary>
/// <param name="engine">The database.</param>
/// <param name="loop">The process's one writer.</param>
public sealed class GrainStorage(IEngine engine, CommitLoop loop) : IGrainStorage
{
    private static readonly ConcurrentDictionary<Type, RecordTable?> TableOf = new();

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (table, key) = Place<T>(stateName, grainId);
        var row = await StorageTrouble.Told(engine.Find(table, key));
        grainState.RecordExists = row is not null;
        grainState.ETag = row is null ? null! : Tag(row.Version);
        grainState.State = row is null ? Activator.CreateInstance<T>() : Read<T>(table, row);
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (table, key) = Place<T>(stateName, grainId);
        var members = table is RecordTable<T> typed ? typed.Write(grainState.State!) : [Cell.Of(JsonSerializer.SerializeToUtf8Bytes(grainState.State))];
        var version = Versions.Next();
        await Commit(new(table, WriteRule.IfExpected, Expected(grainState.ETag), key, version, members), stateName, grainId, grainState.ETag);
        (grainState.ETag, grainState.RecordExists) = (Tag(version), true);
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (table, key) = Place<T>(stateName, grainId);
        var expected = Expected(grainState.ETag);
        // Clearing what was never written still has to find that nobody else wrote it.
        if (expected != 0) await Commit(new(table, WriteRule.IfExpected, expected, key, 0, null), stateName, grainId, grainState.ETag);
        else if (await engine.Find(table, key) is not null) throw Stale(stateName, grainId, grainState.ETag);
        (grainState.ETag, grainState.RecordExists, grainState.State) = (null!, false, Activator.CreateInstance<T>());
    }

    private async Task Commit(RecordWrite write, string stateName, GrainId grainId, string? etag)
    {
        switch (await loop.Commit(new WriteUnit(write)))
        {
            case UnitOutcome.Committed: return;
            case UnitOutcome.Conflict: throw Stale(stateName, grainId, etag);
            default: throw new TimeoutException($"it is not known whether state {stateName} of {grainId} was stored");
        }
    }

    private static InconsistentStateException Stale(string stateName, GrainId grainId, string? etag) =>
        new($"state {stateName} of {grainId} was changed by somebody else", storedEtag: "unknown", currentEtag: etag ?? "none");

    private static (RecordTable Table, Cell Key) Place<T>(string stateName, GrainId grainId)
    {
        if (TableOf.GetOrAdd(typeof(T), static type => Tables.All.FirstOrDefault(table => table.GetType() == typeof(RecordTable<>).MakeGenericType(type))) is not { } table)
            return (Tables.States, Cell.Of($"{stateName}/{grainId}"));
        return (table, Cell.Of(RecordId.Parse(grainId.Key.ToString()!)));
    }

    private static T Read<T>(RecordTable table, Row row) => table is RecordTable<T> typed
        ? typed.Read(row)
        : JsonSerializer.Deserialize<T>(row.Members[0].Bytes) ?? throw new InvalidDataException($"an empty state of type {typeof(T).Name}");

    private static long Expected(string? etag)
    {
        if (etag is null) return 0;
        // An ETag of another make matches nothing: no record ever has this version.
        return long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version : -1;
    }

    private static string Tag(long version) => version.ToString(CultureInfo.InvariantCulture);
}
