using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Storage;

namespace Ticketing.Grains.Tests.Users;

/// <summary>How the next write of a state fails.</summary>
internal enum WriteFault
{
    /// <summary>Nothing reaches the store.</summary>
    Lost,

    /// <summary>The write is stored, but its acknowledgement is lost.</summary>
    StoredUnacknowledged,
}

/// <summary>Grain storage in memory that can be told to fail, and that shows what it keeps.</summary>
internal sealed class AccountStore : IGrainStorage
{
    /// <summary>What the message of a failure made by a test contains.</summary>
    public const string OnPurpose = "on purpose";

    private readonly ConcurrentDictionary<(string State, GrainId Grain), (string Json, string ETag)> records = new();
    private readonly ConcurrentDictionary<(string State, string Key), WriteFault> faults = new();
    private readonly ConcurrentDictionary<(string State, string Key), WriteFault> clearFaults = new();
    private readonly ConcurrentDictionary<(string State, string Key), Action> hindrances = new();

    /// <summary>Everything that is stored, as text.</summary>
    public string Text => string.Join('\n', records.Values.Select(record => record.Json));

    public void FailNextWrite(string state, string key, WriteFault fault) => faults[(state, key)] = fault;

    public void FailNextClear(string state, string key, WriteFault fault) => clearFaults[(state, key)] = fault;

    public void BeforeNextWrite(string state, string key, Action hindrance) => hindrances[(state, key)] = hindrance;

    public bool Has(string state, string key) => Read<object>(state, key) is not null;

    public T? Read<T>(string state, string key) =>
        records.FirstOrDefault(record => record.Key.State == state && record.Key.Grain.Key.ToString() == key) is { Value.Json: { } json }
            ? JsonSerializer.Deserialize<T>(json)
            : default;

    public T[] All<T>(string state) =>
        [.. records.Where(record => record.Key.State == state).OrderBy(record => record.Key.Grain.Key.ToString(), StringComparer.Ordinal)
            .Select(record => JsonSerializer.Deserialize<T>(record.Value.Json)!)];

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = records.TryGetValue((stateName, grainId), out var record);
        grainState.State = found ? JsonSerializer.Deserialize<T>(record.Json)! : Activator.CreateInstance<T>();
        grainState.ETag = found ? record.ETag : null;
        grainState.RecordExists = found;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (hindrances.TryRemove((stateName, grainId.Key.ToString()!), out var hindrance)) hindrance();
        var failing = faults.TryRemove((stateName, grainId.Key.ToString()!), out var fault);
        if (failing && fault == WriteFault.Lost) throw new IOException($"a write that failed {OnPurpose}");

        Expect(stateName, grainId, grainState.ETag);
        var etag = Guid.NewGuid().ToString("N");
        records[(stateName, grainId)] = (JsonSerializer.Serialize(grainState.State), etag);
        if (failing) throw new IOException($"an acknowledgement that was lost {OnPurpose}");

        grainState.ETag = etag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var failing = clearFaults.TryRemove((stateName, grainId.Key.ToString()!), out var fault);
        if (failing && fault == WriteFault.Lost) throw new IOException($"a removal that failed {OnPurpose}");

        Expect(stateName, grainId, grainState.ETag);
        records.TryRemove((stateName, grainId), out _);
        if (failing) throw new IOException($"an acknowledgement that was lost {OnPurpose}");

        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private void Expect(string state, GrainId grain, string? etag)
    {
        var stored = records.TryGetValue((state, grain), out var record) ? record.ETag : null;
        if (stored != etag) throw new InconsistentStateException("another writer was here", stored, etag);
    }
}
