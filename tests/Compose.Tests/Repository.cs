namespace Ticketing.Compose.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    public static string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

    public static bool Has(string name) => Path.Exists(Path.Combine(Root, name));

    /// <summary>The lines that say something: neither blank nor a comment.</summary>
    public static IReadOnlyList<string> Lines(string name) =>
        [.. Read(name).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Trim() is { Length: > 0 } text && text[0] != '#')];

    private static string Find(string from) => File.Exists(Path.Combine(from, "Ticketing.sln")) ? from : Find(Path.GetDirectoryName(from)!);
}
