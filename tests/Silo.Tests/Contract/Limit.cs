using System.Net;
using System.Text.Json;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>One value of one member of a route's body, and what becomes of it.</summary>
/// <param name="Route">The route, as in the bodies of <see cref="BadInputTests"/>.</param>
/// <param name="Field">The member.</param>
/// <param name="What">The value in words.</param>
/// <param name="Json">The value; absent to leave the member out. <c>{event}</c> stands for an event on sale, <c>{past}</c> and <c>{soon}</c> for times around now.</param>
/// <param name="Status">What is answered: 200, 400 for a broken field rule, or what a later rule says.</param>
/// <param name="Kept">What the record holds afterwards; absent when it is not shown.</param>
internal sealed record Limit(string Route, string Field, string What, string? Json, HttpStatusCode Status, string? Kept = null)
{
    /// <summary>The value and what becomes of it, in words.</summary>
    public string Value => $"{What} {(Status == HttpStatusCode.OK ? "is taken" : $"is answered {(int)Status}")}";
}

/// <summary>Makes the rows of some routes' bodies. What members of one kind have in common is said once: for whole numbers, texts, dates, ids, names.</summary>
internal sealed class Limits(params string[] routes)
{
    private readonly List<Limit> rows = [];

    public IReadOnlyList<Limit> Rows => rows;

    /// <summary>A value that is taken, and kept as it is.</summary>
    public Limits Keeps(string field, string what, Func<string> json) => Keeps(field, what, json, value => value);

    /// <summary>A value that is taken, and kept as something else.</summary>
    public Limits Keeps(string field, string what, Func<string> json, Func<string, string> kept)
    {
        foreach (var route in routes)
        {
            var value = json();
            rows.Add(new(route, field, what, value, HttpStatusCode.OK, kept(value)));
        }

        return this;
    }

    /// <summary>A value that is taken; no record shows it.</summary>
    public Limits Takes(string field, string what, string json) => Answers(HttpStatusCode.OK, field, what, json);

    /// <summary>A value that breaks the field's rule.</summary>
    public Limits Refuses(string field, string what, string? json) => Answers(HttpStatusCode.BadRequest, field, what, json);

    /// <summary>A value that a later rule answers.</summary>
    public Limits Answers(HttpStatusCode status, string field, string what, string? json)
    {
        rows.AddRange(routes.Select(route => new Limit(route, field, what, json, status)));
        return this;
    }

    /// <summary>Values of every type but one.</summary>
    public Limits Types(string field, params JsonValueKind[] right)
    {
        Refuses(field, "missing", null).Refuses(field, "null", "null").Refuses(field, "true", "true").Refuses(field, "an array", "[]");
        if (!right.Contains(JsonValueKind.Object)) Refuses(field, "an object", "{}");
        if (!right.Contains(JsonValueKind.String)) Refuses(field, "a text with a number", "\"30\"");
        if (!right.Contains(JsonValueKind.Number)) Refuses(field, "a number", "30");
        return this;
    }

    /// <summary>An unsigned number of 32 bits from a least one up.</summary>
    public Limits Whole(string field, uint least, bool isShown = true)
    {
        Types(field, JsonValueKind.Number);
        if (least > 0) Refuses(field, $"{least - 1}", $"{least - 1}");
        foreach (var good in new[] { least, least + 1 })
        {
            if (isShown) Keeps(field, $"{good}", () => $"{good}");
            else Takes(field, $"{good}", $"{good}");
        }

        foreach (var bad in new[] { "4294967296", "-1", "-4294967295", "30.5", "30.0", "3e1", "30E0", "1e400", "18446744073709551616", "9223372036854775808" })
            Refuses(field, bad, bad);
        return this;
    }

    /// <summary>A text of so many Unicode characters, of any kind.</summary>
    public Limits Text(string field, int shortest, int longest, bool isTrimmed, bool isShown = true)
    {
        Types(field, JsonValueKind.String);
        Refuses(field, "the empty text", "\"\"").Refuses(field, "half a surrogate pair", """
            "\ud83d_____________"
            """.Trim());
        foreach (var length in new[] { shortest - 1, longest + 1 })
            Refuses(field, $"{length} letters", Texts.Letters(length)).Refuses(field, $"{length} characters beyond the basic plane", Texts.Astral(length));
        // An accent that stands by itself is a character of its own.
        Refuses(field, $"{longest + 1} characters, accents among them", Texts.Accented(longest + 1));
        foreach (var length in new[] { shortest, shortest + 1, longest - 1, longest }.Distinct())
        {
            Good($"{length} letters", () => Texts.Letters(length));
            Good($"{length} characters beyond the basic plane", () => Texts.Astral(length));
            Good($"{length} characters, accents among them", () => Texts.Accented(length));
        }

        if (isTrimmed)
        {
            Refuses(field, $"{shortest - 1} letters and white space", Texts.Spaced(Texts.Letters(shortest - 1))).Refuses(field, "white space", Texts.Spaced("\"\""));
            Keeps(field, $"{longest} letters between white space", () => Texts.Spaced(Texts.Letters(longest)), Texts.Trimmed);
            Keeps(field, $"{shortest} letters between white space", () => Texts.Spaced(Texts.Letters(shortest)), Texts.Trimmed);
        }
        else
        {
            Good("white space alone", () => Texts.Of(new string(' ', shortest)));
            Refuses(field, $"{longest} letters and a space", $"{Texts.Letters(longest)[..^1]} \"");
        }

        return this;

        void Good(string what, Func<string> json)
        {
            if (isShown) Keeps(field, what, json);
            else Takes(field, what, json());
        }
    }

    /// <summary>A date that must not be past, in each form.</summary>
    public Limits Date(string field, bool isShown = true)
    {
        Types(field, JsonValueKind.String, JsonValueKind.Object);
        foreach (var (json, kept) in Dates.Good)
        {
            if (isShown) Keeps(field, json, () => json, _ => $"\"{kept}\"");
            else Takes(field, json, json);
        }

        foreach (var bad in Dates.Bad) Refuses(field, bad, bad);
        return Refuses(field, "a second ago", "{past}").Takes(field, "a minute from now", "{soon}");
    }

    /// <summary>A reference to another record, in both forms.</summary>
    public Limits Id(string field, string good, bool isAnything = true)
    {
        Types(field, JsonValueKind.String, JsonValueKind.Object);
        Keeps(field, "an id", () => $"\"{good}\"").Keeps(field, "an id as an object", () => $$"""{"$oid":"{{good}}"}""", _ => $"\"{good}\"");
        if (isAnything) Keeps(field, "an id in capitals", () => "\"65F0C1D2E3A4B5C6D7E8F90A\"", _ => "\"65f0c1d2e3a4b5c6d7e8f90a\"");
        foreach (var bad in new[]
        {
            "\"\"", "\" \"", "\"65f0c1d2e3a4b5c6d7e8f90\"", "\"65f0c1d2e3a4b5c6d7e8f90ab\"", "\"65f0c1d2e3a4b5c6d7e8f90g\"", "\" 65f0c1d2e3a4b5c6d7e8f90a\"",
            "{}", """{"$oid":1}""", """{"$oid":"65f0"}""", """{"oid":"65f0c1d2e3a4b5c6d7e8f90a"}""", """{"$oid":"65f0c1d2e3a4b5c6d7e8f90a","more":1}""",
            """{"$oid":{"$oid":"65f0c1d2e3a4b5c6d7e8f90a"}}""",
        })
            Refuses(field, bad, bad);
        return this;
    }

    /// <summary>One of some names.</summary>
    public Limits Name(string field, bool isShown, string[] names, params string[] others)
    {
        Types(field, JsonValueKind.String);
        foreach (var name in names)
        {
            if (isShown) Keeps(field, name, () => $"\"{name}\"");
            else Takes(field, name, $"\"{name}\"");
            foreach (var bad in new[] { name.ToUpperInvariant(), name.ToLowerInvariant(), $" {name}", $"{name}s" }) Refuses(field, $"'{bad}'", $"\"{bad}\"");
        }

        foreach (var bad in others.Concat(["", "0", "1", $"{names[0]}, {names[^1]}"])) Refuses(field, $"'{bad}'", $"\"{bad}\"");
        return Refuses(field, "0", "0");
    }
}
