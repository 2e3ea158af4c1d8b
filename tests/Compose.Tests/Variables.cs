using System.Text.RegularExpressions;

namespace Ticketing.Compose.Tests;

/// <summary>Compose's variables in a text: <c>${NAME}</c>, <c>${NAME:-otherwise}</c> and <c>${NAME:?why}</c>, one inside another too; <c>$$</c> is a dollar sign.</summary>
internal static partial class Variables
{
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>The names, each with what stands behind it: nothing, <c>:-otherwise</c> or <c>:?why</c>.</summary>
    public static IEnumerable<(string Name, string Otherwise)> In(string text)
    {
        foreach (Match match in Start().Matches(text))
        {
            if (match.Value == "$$") continue;
            var inside = text[(match.Index + 2)..ClosingOf(text, match.Index + 2)];
            var name = Name().Match(inside).Value;
            yield return (name, inside[name.Length..]);
        }
    }

    /// <summary>What Compose makes of a text.</summary>
    /// <exception cref="InvalidOperationException">A variable that must be set is not; the message is its name.</exception>
    public static string Resolve(string text, IReadOnlyDictionary<string, string> values)
    {
        var match = Start().Match(text);
        if (!match.Success) return text;
        if (match.Value == "$$") return $"{text[..match.Index]}${Resolve(text[(match.Index + 2)..], values)}";
        var end = ClosingOf(text, match.Index + 2);
        var (name, otherwise) = In(text[match.Index..(end + 1)]).First();
        var value = values.TryGetValue(name, out var set) && set.Length > 0 ? set
            : otherwise.StartsWith(":-", StringComparison.Ordinal) ? Resolve(otherwise[2..], values)
            : otherwise.Length == 0 ? ""
            : throw new InvalidOperationException(name);
        return $"{text[..match.Index]}{value}{Resolve(text[(end + 1)..], values)}";
    }

    private static int ClosingOf(string text, int from)
    {
        for (var (at, depth) = (from, 1); at < text.Length; at++)
        {
            if (text[at] == '{') depth++;
            if (text[at] == '}' && --depth == 0) return at;
        }

        throw new FormatException($"no end of the variable in {text}");
    }

    [GeneratedRegex(@"\$\$|\$\{")]
    private static partial Regex Start();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Name();
}
