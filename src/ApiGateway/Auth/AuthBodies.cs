using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using Ticketing.ApiGateway.Users;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Auth;

/// <summary>A registration (contract.md 4.2). A role member, like any unknown one, is ignored.</summary>
internal sealed class RegisterBody
{
    private const int Shortest = 12;
    private const int Longest = 32;

    [Required, StringLength(ProfileBody.LongestName, MinimumLength = ProfileBody.ShortestName), RegularExpression(ProfileBody.NamePattern), Description(ProfileBody.NameNote)]
    public string? FirstName { get; set; }

    [Required, StringLength(ProfileBody.LongestName, MinimumLength = ProfileBody.ShortestName), RegularExpression(ProfileBody.NamePattern), Description(ProfileBody.NameNote)]
    public string? LastName { get; set; }

    [Required, EmailAddress, StringLength(Users.Email.Longest), Description("Trimmed and lower-cased; unique.")]
    public string? Email { get; set; }

    [Required, StringLength(Longest, MinimumLength = Shortest)]
    [Description("Trimmed. At least one lower-case letter, one upper-case letter, one digit, and one character that is neither letter nor digit.")]
    public string? Password { get; set; }

    [Required, StringLength(Longest, MinimumLength = Shortest), Description("The same as password.")]
    public string? ConfirmPassword { get; set; }

    /// <summary>The checked profile and password.</summary>
    /// <exception cref="BadRequest">A rule is broken.</exception>
    public (Profile Profile, string Password) Check()
    {
        var fields = new Fields();
        var profile = ProfileBody.Check(fields, FirstName, LastName, Email);
        var password = fields.Text("password", Password?.Trim(), Shortest, Longest);
        var confirmation = fields.Text("confirm_password", ConfirmPassword?.Trim(), Shortest, Longest);
        fields.Rule(
            Password is null || IsMixed(password),
            "password",
            "must have a lower-case letter, an upper-case letter, a digit, and a character that is neither letter nor digit");
        fields.Rule(ConfirmPassword is null || confirmation == password, "confirm_password", "must equal password");
        fields.ThrowIfBad();
        return (profile, password);
    }

    private static bool IsMixed(string password)
    {
        bool lower = false, upper = false, digit = false, other = false;
        foreach (var rune in password.EnumerateRunes())
        {
            lower |= Rune.IsLower(rune);
            upper |= Rune.IsUpper(rune);
            digit |= rune.Value is >= '0' and <= '9';
            other |= !Rune.IsLetterOrDigit(rune);
        }

        return lower && upper && digit && other;
    }
}

/// <summary>A login (contract.md 4.2). The password is taken as typed.</summary>
internal sealed class LoginBody
{
    [Required]
    public string? Email { get; set; }

    [Required]
    public string? Password { get; set; }

    /// <summary>The e-mail as accounts are known by, and the password.</summary>
    /// <exception cref="BadRequest">A field is missing.</exception>
    public (string Email, string Password) Check()
    {
        var fields = new Fields();
        var email = fields.Text("email", Email?.Trim().ToLowerInvariant(), 0, int.MaxValue);
        var password = fields.Text("password", Password, 0, int.MaxValue);
        fields.ThrowIfBad();
        return (email, password);
    }
}

/// <summary>Another role for an account (design.md 6, decision 4).</summary>
internal sealed class RoleBody
{
    [Required]
    public Role? Role { get; set; }

    /// <summary>The role.</summary>
    /// <exception cref="BadRequest">It is missing.</exception>
    public Role Check()
    {
        var fields = new Fields();
        var role = fields.Given("role", Role);
        fields.ThrowIfBad();
        return role;
    }
}
