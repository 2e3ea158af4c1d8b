using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Users;

/// <summary>A profile (contract.md 5.1).</summary>
internal sealed partial class ProfileBody
{
    public const int ShortestName = 2;
    public const int LongestName = 30;
    public const string NameNote = "Trimmed and lower-cased; letters, white space, apostrophes and hyphens.";

    // Basic Latin and the accented letters of Latin-1; between those lie the signs × and ÷.
    public const string NamePattern = @"^[A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u00FF\s'-]*$";

    [Required, StringLength(LongestName, MinimumLength = ShortestName), RegularExpression(NamePattern), Description(NameNote)]
    public string? FirstName { get; set; }

    [Required, StringLength(LongestName, MinimumLength = ShortestName), RegularExpression(NamePattern), Description(NameNote)]
    public string? LastName { get; set; }

    [Required, EmailAddress, StringLength(Users.Email.Longest), Description("Trimmed and lower-cased; unique.")]
    public string? Email { get; set; }

    /// <summary>The checked profile.</summary>
    /// <exception cref="BadRequest">A rule is broken.</exception>
    public Profile Check()
    {
        var fields = new Fields();
        var profile = Check(fields, FirstName, LastName, Email);
        fields.ThrowIfBad();
        return profile;
    }

    /// <summary>The profile, with what is wrong noted in <paramref name="fields"/>.</summary>
    public static Profile Check(Fields fields, string? firstName, string? lastName, string? email)
    {
        var address = fields.Text("email", Normal(email), 0, int.MaxValue);
        fields.Rule(email is null || Users.Email.IsValid(address), "email", "must be an e-mail address");
        return new Profile(Name(fields, "first_name", firstName), Name(fields, "last_name", lastName), address);
    }

    /// <summary>A value as it is kept and compared.</summary>
    public static string? Normal(string? value) => value?.Trim().ToLowerInvariant();

    private static string Name(Fields fields, string field, string? value)
    {
        var name = fields.Text(field, Normal(value), ShortestName, LongestName);
        fields.Rule(OfName().IsMatch(name), field, "may hold letters, spaces, apostrophes and hyphens only");
        return name;
    }

    [GeneratedRegex(NamePattern, RegexOptions.CultureInvariant)]
    private static partial Regex OfName();
}
