namespace Ticketing.Silo.Tests;

/// <summary>A fresh data directory, removed at the end.</summary>
internal sealed class DataDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ticketing-test-").FullName;

    public string Mail => System.IO.Path.Combine(Path, "mail");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
