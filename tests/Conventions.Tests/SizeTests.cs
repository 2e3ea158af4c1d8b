namespace Ticketing.Conventions.Tests;

/// <summary>Small files, in folders that are named after what they are about.</summary>
public class SizeTests
{
    private static readonly string[] ForbiddenFolders = ["Services", "Helpers", "Models", "Common", "Utils", "Managers", "Interfaces"];

    [Fact]
    public void No_file_has_more_than_four_hundred_lines()
    {
        var large = Repository.Sources("src").Concat(Repository.Sources("tests")).Concat(Repository.Sources("bench"))
            .Select(file => (Name: Repository.NameOf(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > 400);
        Assert.Empty(large);
    }

    [Fact]
    public void No_grain_has_more_than_a_hundred_and_fifty_lines_of_its_own()
    {
        var large = Repository.Sources("src/Grains")
            .Where(file => file.EndsWith("Grain.cs", StringComparison.Ordinal))
            .Select(file => (Name: Repository.NameOf(file), Lines: File.ReadLines(file).Count(IsCode)))
            .Where(file => file.Lines > 150);
        Assert.Empty(large);
    }

    [Fact]
    public void No_folder_is_named_after_a_kind_of_class()
    {
        var folders = Repository.Sources("src").SelectMany(file => Repository.NameOf(file).Split(Path.DirectorySeparatorChar)).Distinct();
        Assert.Empty(folders.Intersect(ForbiddenFolders));
    }

    private static bool IsCode(string line)
    {
        var text = line.Trim();
        return text.Length > 0 && !text.StartsWith("//", StringComparison.Ordinal) && !text.StartsWith("using ", StringComparison.Ordinal);
    }
}
