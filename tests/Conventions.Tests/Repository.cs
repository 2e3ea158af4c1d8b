namespace Ticketing.Conventions.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static IEnumerable<string> Sources(string below) => Directory
        .EnumerateFiles(Path.Combine(Root, below), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    public static string NameOf(string file) => Path.GetRelativePath(Root, file);

    private static string Find(string from) => File.Exists(Path.Combine(from, "Ticketing.sln")) ? from : Find(Path.GetDirectoryName(from)!);
}
