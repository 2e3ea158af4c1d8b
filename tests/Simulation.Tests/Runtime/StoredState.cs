using Ticketing.Storage;

namespace Ticketing.Simulation.Tests.Runtime;

/// <summary>Something that an activation reads before it wakes.</summary>
internal interface IPersistent
{
    /// <summary>Reads it.</summary>
    Task ReadStateAsync();
}

/// <summary>A grain's state in the product's own grain storage.</summary>
internal sealed class StoredState<T>(string name, GrainId id, GrainStorage storage) : IPersistentState<T>, IPersistent
    where T : new()
{
    private readonly GrainState<T> inner = new(new T());

    public T State
    {
        get => inner.State!;
        set => inner.State = value;
    }

    public string Etag => inner.ETag!;

    public bool RecordExists => inner.RecordExists;

    public Task ReadStateAsync() => storage.ReadStateAsync(name, id, inner);

    public Task WriteStateAsync() => storage.WriteStateAsync(name, id, inner);

    public Task ClearStateAsync() => storage.ClearStateAsync(name, id, inner);
}
