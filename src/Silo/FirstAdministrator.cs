using System.Security.Cryptography;
using System.Text;
using Ticketing.ApiGateway;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Silo;

/// <summary>
/// The first administrator, made when nobody has that e-mail: also again, at the next start after it was deleted. An account that has the e-mail is left as it is:
/// anybody can have registered it.
/// </summary>
/// <param name="Email">The e-mail to log in with; absent when there is none.</param>
/// <param name="GeneratedPassword">The password, if it was generated just now: shown once and kept nowhere.</param>
/// <param name="Problem">Why the one with the e-mail is no administrator, and what to do about it; absent when it is one.</param>
public sealed record FirstAdministrator(string? Email, string? GeneratedPassword, string? Problem = null)
{
    private const string DevelopmentEmail = "admin@localhost";
    private const int Attempts = 5;

    /// <summary>Makes the account if it is not there. Outside Development only with an e-mail and a password that were set.</summary>
    /// <exception cref="SettingsException">The e-mail or the password cannot be used.</exception>
    public static async Task<FirstAdministrator> Ensure(Settings settings, IGrainFactory grains, TimeProvider time)
    {
        var email = settings.AdminEmail?.ToLowerInvariant() ?? (CanGenerate(settings) ? DevelopmentEmail : null);
        if (email is null) return new(null, null);
        if (await grains.GetGrain<IEmailGrain>(email).Owner() is { } owner) return await Present(owner, email, grains);
        if (settings.AdminPassword is null && !CanGenerate(settings)) throw new SettingsException("ADMIN_EMAIL is set, but ADMIN_PASSWORD is not");
        var id = IdOf(email).ToString();
        var user = grains.GetGrain<IUserGrain>(id);
        // The administrator is there, under another e-mail by now.
        if ((await user.Read()).Value is { } known) return await Present(known.Id, known.Email, grains);
        // A start that was cut short may have left a credential, whose generated password nobody was shown.
        if (settings.AdminPassword is null) await grains.GetGrain<ICredentialGrain>(id).Remove(tokensExpireBy: null);
        var password = settings.AdminPassword ?? Generate();
        for (var attempt = 1; ; attempt++)
        {
            var answer = await user.Register(new Profile("first", "administrator", email), password, Role.Admin);
            if (answer.IsDone) return new(email, settings.AdminPassword is null ? password : null);
            if (answer.Outcome == Outcome.Refused || attempt == Attempts) throw new SettingsException($"the first administrator {email} could not be made");
            await Task.Delay(TimeSpan.FromSeconds(attempt), time);
        }
    }

    private static async Task<FirstAdministrator> Present(UserId user, string email, IGrainFactory grains)
    {
        var account = await grains.GetGrain<ICredentialGrain>(user.ToString()).Read();
        return account switch
        {
            { Value: { Role: Role.Admin } } => new(email, null),
            { Value: { } other } => new(email, null, $"{email} is user {user} with the role {other.Role}; to change it: PATCH /api/auth/{user}/role"),
            _ => new(email, null, $"{email} is user {user} without a password; delete that user, or set ADMIN_EMAIL to another address"),
        };
    }

    // Silos that start together would each show another password, and all but one of them would be wrong.
    private static bool CanGenerate(Settings settings) => settings is { IsDevelopment: true, Cluster: null };

    // The same whenever it is asked for, so that a start that was cut short is taken up by the next. Its time is 1970: it sorts before everybody.
    private static UserId IdOf(string email)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(email));
        hash.AsSpan(0, 4).Clear();
        return new(RecordId.Read(hash));
    }

    // Twenty characters of 64 and one of each kind that contract.md 4.2 asks for.
    private static string Generate() =>
        RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 20) + "-aA7";
}
