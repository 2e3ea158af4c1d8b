using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Users;

/// <summary>A profile (contract.md 5.1).</summary>
internal sealed class ProfileBody
{
    public const int ShortestName = 2;
    public const int LongestName = 30;

    [Required, StringLength(LongestName, MinimumLength = ShortestName)]
    public string? FirstName { get; set; }

    [Required, StringLength(LongestName, MinimumLength = ShortestName)]
    public string? LastName { get; set; }

    [Required]
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
        fields.Rule(name.All(IsOfName), field, "may hold letters, spaces, apostrophes and hyphens only");
        return name;
    }

    // Basic Latin and the accented letters of Latin-1; between those lie the signs × and ÷.
    private static bool IsOfName(char character) =>
        char.IsAsciiLetter(character) || (character is >= 'À' and <= 'ÿ' && char.IsLetter(character))
        || char.IsWhiteSpace(character) || character is '\'' or '-';
}
