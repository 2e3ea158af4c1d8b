namespace Ticketing.Storage.Tests;

/// <summary>A database of its own for one test, empty at first, on the engine that is under the conformance suite.</summary>
public abstract class Database : IDisposable
{
    /// <summary>Opens it; again after the engine before was disposed.</summary>
    public abstract IEngine Open();

    /// <summary>Removes every trace of it.</summary>
    public abstract void Dispose();
}
