namespace Ticketing.Planted;

/// <summary>The one bug that is awake in this thread's worlds, if any.</summary>
internal static class Bug
{
    [ThreadStatic] private static string? awake;

    /// <summary>Wakes a bug, by its file's name; absent to let all sleep.</summary>
    public static void Wake(string? bug) => awake = bug;

    /// <summary>Whether a bug is awake.</summary>
    public static bool IsAwake(string bug) => awake == bug;
}
