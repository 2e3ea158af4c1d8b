using System.Text;

namespace Ticketing.ApiGateway;

/// <summary>Checks the fields of one body and collects what is wrong with them, so that a caller learns of everything at once.</summary>
internal sealed class Fields
{
    private StringBuilder? errors;

    /// <summary>A string of a length counted in Unicode characters.</summary>
    public string Text(string name, string? value, int shortest, int longest)
    {
        if (value is null)
            return Missing(name, "");
        var length = Length(value);
        if (length < shortest || length > longest)
            Rule(false, name, $"must have {shortest} to {longest} characters");
        return value;
    }

    /// <summary>A whole number from <paramref name="least"/> up.</summary>
    public uint Number(string name, uint? value, uint least)
    {
        var number = Given(name, value);
        if (value < least)
            Rule(false, name, $"must be at least {least}");
        return number;
    }

    /// <summary>A date that is not in the past.</summary>
    public DateTimeOffset Coming(string name, DateTimeOffset? value, DateTimeOffset now)
    {
        var date = Given(name, value);
        Rule(value is null || date >= now, name, "must not be in the past");
        return date;
    }

    /// <summary>A value that must be there; its type has been checked.</summary>
    public T Given<T>(string name, T? value) where T : struct => value ?? Missing(name, default(T));

    /// <summary>Notes the rule when it is not kept.</summary>
    public void Rule(bool isKept, string name, string rule)
    {
        if (isKept)
            return;
        errors = errors is null ? new StringBuilder() : errors.Append(' ');
        errors.Append(name).Append(": ").Append(rule).Append('.');
    }

    /// <summary>Ends the check.</summary>
    /// <exception cref="BadRequest">A rule was not kept.</exception>
    public void ThrowIfBad()
    {
        if (errors is not null)
            throw new BadRequest(errors.ToString());
    }

    private static int Length(string value)
    {
        var length = value.Length;
        foreach (var unit in value.AsSpan())
        {
            if (char.IsLowSurrogate(unit))
                length--;
        }

        return length;
    }

    private T Missing<T>(string name, T instead)
    {
        Rule(false, name, "is required");
        return instead;
    }
}
