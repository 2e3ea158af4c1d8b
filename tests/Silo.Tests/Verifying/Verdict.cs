using Ticketing.Silo.Verifying;

namespace Ticketing.Silo.Tests.Verifying;

/// <summary>What the command said, run inside the test's process.</summary>
internal sealed record Verdict(int Code, string Output, string Errors)
{
    public static async Task<Verdict> Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await VerifyCommand.Run(arguments, () => throw new InvalidOperationException("no setting is needed"), output, errors);
        return new(code, output.ToString(), errors.ToString());
    }

    /// <summary>All holds.</summary>
    public Verdict Holds()
    {
        Assert.True(Code == 0, $"{Code}: {Errors}{Output}");
        Assert.Contains("\nAll holds: ", Output, StringComparison.Ordinal);
        Assert.DoesNotContain("BROKEN", Output, StringComparison.Ordinal);
        Assert.Empty(Errors);
        return this;
    }

    /// <summary>A check is broken, and what is wrong is named.</summary>
    public void Breaks(string check, string what)
    {
        Assert.True(Code == 1, $"{Code}: {Errors}{Output}");
        Assert.Contains(Output.Split('\n'), line => line.StartsWith($"  {check} ", StringComparison.Ordinal) && line.Contains("BROKEN", StringComparison.Ordinal));
        Assert.Contains(what, Output, StringComparison.Ordinal);
        Assert.Contains("Does NOT hold: ", Output, StringComparison.Ordinal);
    }

    /// <summary>How many things a check looked at.</summary>
    public long LookedAt(string check) => long.Parse(
        Output.Split('\n').Single(line => line.StartsWith($"  {check} ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture);
}
