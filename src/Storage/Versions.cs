namespace Ticketing.Storage;

/// <summary>ETags of states: never the same twice, so that a record that was removed and made again does not pass for the old one.</summary>
internal static class Versions
{
    /// <summary>A new version, above 0.</summary>
    public static long Next() => Random.Shared.NextInt64(1, long.MaxValue);
}
