namespace Ticketing.Storage.Moving;

/// <summary>A database that is read as a whole. Nothing of it is changed.</summary>
public abstract class Origin : IAsyncDisposable
{
    /// <summary>Which database, in words for people, without credentials.</summary>
    public abstract string Name { get; }

    /// <summary>The database. Only read.</summary>
    public abstract IEngine Engine { get; }

    /// <summary>Whether a batch of a journal and its records are one write, so that neither is ever there without the other.</summary>
    public virtual bool IsOneWrite => true;

    /// <summary>Looks, after everything was read, whether it was of one piece: whether nobody has used the database since it was opened, where that matters.</summary>
    /// <exception cref="StorageException">Somebody has. The message is one line.</exception>
    public abstract Task CheckUnused();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A database that is copied into: empty at first, and refused to whoever would serve on it before it is complete.</summary>
public abstract class Destination : IAsyncDisposable
{
    /// <summary>Which database, in words for people, without credentials.</summary>
    public abstract string Name { get; }

    /// <summary>The database.</summary>
    public abstract IEngine Engine { get; }

    /// <summary>What a copy that fails leaves behind and what to do about it, in a clause; nothing when nothing is left.</summary>
    public abstract string? LeftBehind { get; }

    /// <summary>Makes the database one that can be served on, in one step. The last one.</summary>
    /// <exception cref="StorageException">That could not be done. The message is one line.</exception>
    public abstract Task Complete();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
