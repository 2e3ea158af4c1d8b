using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Abstractions.Auth;

/// <summary>A credential as callers see it; the hash stays behind (contract.md 4.1).</summary>
/// <param name="Id">The credential's own id.</param>
/// <param name="Role">The role of the account.</param>
/// <param name="UserId">The account.</param>
[GenerateSerializer, Immutable, Alias("CredentialRecord")]
public sealed record CredentialRecord([property: Id(0)] RecordId Id, [property: Id(1)] Role Role, [property: Id(2)] UserId UserId);

/// <summary>One account's password and role. Its key is the user id.</summary>
[Alias("ICredentialGrain")]
public interface ICredentialGrain : IGrainWithStringKey
{
    /// <summary>Stores a first password. Repeating it with the account's own password answers the stored credential.</summary>
    /// <param name="password">The password, 12 to 32 characters; only its hash is kept.</param>
    /// <param name="role">The role of the account.</param>
    [Alias("Create")]
    Task<Answer<CredentialRecord>> Create(string password, Role role);

    /// <summary>Checks a password. Takes as long for an account that does not exist.</summary>
    /// <param name="password">What the person typed.</param>
    /// <returns>The credential, <see cref="Refusal.WrongCredentials"/>, or <see cref="Refusal.TooManyGuesses"/>.</returns>
    [Alias("Check")]
    Task<Answer<CredentialRecord>> Check(string password);

    /// <summary>Removes the credential. Removing an absent one is done.</summary>
    [Alias("Remove")]
    Task<Answer<bool>> Remove();
}
