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

    /// <summary>The credential.</summary>
    /// <returns>The credential, or <see cref="Refusal.NoSuchUser"/>.</returns>
    [ReadOnly, Alias("Read")]
    ValueTask<Answer<CredentialRecord>> Read();

    /// <summary>Gives the account another role, which its next token names.</summary>
    /// <returns>The credential, or <see cref="Refusal.NoSuchUser"/>.</returns>
    [Alias("SetRole")]
    Task<Answer<CredentialRecord>> SetRole(Role role);

    /// <summary>Ends the account's tokens, whether or not it has a credential, and removes the credential.</summary>
    /// <param name="tokensExpireBy">The latest <c>exp</c> of the tokens to end, in seconds since 1970; absent when the account can have had none.</param>
    /// <returns>The credential as it was, or <see cref="Refusal.NoSuchUser"/>.</returns>
    [Alias("Remove")]
    Task<Answer<CredentialRecord>> Remove(long? tokensExpireBy);

    /// <summary>
    /// Ends a token of the account before its time. Who ends many within an hour ends, with one of them, all that expire no later than it, so that nobody can
    /// fill the memory of the gateways.
    /// </summary>
    /// <param name="token">The token's fingerprint.</param>
    /// <param name="expires">The token's <c>exp</c>, seconds since 1970.</param>
    /// <returns>What was ended, durably.</returns>
    [Alias("End")]
    Task<Answer<EndedToken>> End(RecordId token, long expires);

    /// <summary>How long guesses are not looked at; zero when they are.</summary>
    [ReadOnly, Alias("Wait")]
    ValueTask<TimeSpan> Wait();
}

/// <summary>A credential with its hash, for services that back credentials up.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="PasswordHash">The password's hash.</param>
[GenerateSerializer, Immutable, Alias("StoredCredential")]
public sealed record StoredCredential([property: Id(0)] CredentialRecord Credential, [property: Id(1)] string PasswordHash)
{
    /// <summary>Names the type alone, so that no log line can carry a hash.</summary>
    public override string ToString() => nameof(StoredCredential);
}

/// <summary>Lists of credentials, answered by storage. Key 0.</summary>
[Alias("ICredentialListGrain")]
public interface ICredentialListGrain : IGrainWithIntegerKey
{
    /// <summary>All credentials, in the order of their users.</summary>
    [Alias("List")]
    Task<Page<StoredCredential>> List(PageRequest page);
}
