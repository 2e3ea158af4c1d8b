using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Abstractions.Users;

/// <summary>A person's profile (contract.md 5.1).</summary>
/// <param name="Id">The person.</param>
/// <param name="FirstName">Trimmed and lower-cased.</param>
/// <param name="LastName">Trimmed and lower-cased.</param>
/// <param name="Email">Trimmed and lower-cased; unique.</param>
[GenerateSerializer, Immutable, Alias("UserRecord")]
public sealed record UserRecord(
    [property: Id(0)] UserId Id, [property: Id(1)] string FirstName, [property: Id(2)] string LastName, [property: Id(3)] string Email);

/// <summary>What a profile says: checked and normalised by the gateway.</summary>
/// <param name="FirstName">Trimmed and lower-cased.</param>
/// <param name="LastName">Trimmed and lower-cased.</param>
/// <param name="Email">Trimmed and lower-cased.</param>
[GenerateSerializer, Immutable, Alias("Profile")]
public sealed record Profile([property: Id(0)] string FirstName, [property: Id(1)] string LastName, [property: Id(2)] string Email);

/// <summary>One person. Its key is the user id.</summary>
[Alias("IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>Makes the profile: claims the e-mail, then stores. Creates no credential.</summary>
    /// <returns>The profile, or <see cref="Refusal.EmailTaken"/>.</returns>
    [Alias("Create")]
    Task<Answer<UserRecord>> Create(Profile profile);

    /// <summary>Makes an account: e-mail, credential, profile, and the welcome notification.</summary>
    /// <returns>The credential, or <see cref="Refusal.EmailTaken"/>.</returns>
    [Alias("Register")]
    Task<Answer<CredentialRecord>> Register(Profile profile, string password, Role role);

    /// <summary>Replaces the profile; the e-mail is the login name from then on.</summary>
    /// <returns>The profile, <see cref="Refusal.NoSuchUser"/> or <see cref="Refusal.EmailTaken"/>.</returns>
    [Alias("Update")]
    Task<Answer<UserRecord>> Update(Profile profile);

    /// <summary>The profile.</summary>
    /// <returns>The profile, or <see cref="Refusal.NoSuchUser"/>.</returns>
    [ReadOnly, Alias("Read")]
    ValueTask<Answer<UserRecord>> Read();

    /// <summary>
    /// Erases the person: ends their tokens, removes the credential and the profile, and frees the e-mail. A deletion with an unknown outcome is finished by
    /// repeating it. What refers to the person by id stays.
    /// </summary>
    /// <param name="tokensExpireBy">The latest <c>exp</c> of the tokens to end, in seconds since 1970.</param>
    /// <returns>The profile as it was, or <see cref="Refusal.NoSuchUser"/>.</returns>
    [Alias("Delete")]
    Task<Answer<UserRecord>> Delete(long tokensExpireBy);
}

/// <summary>Who has an e-mail: the uniqueness of an e-mail is the grain whose key it is. Its key is the trimmed, lower-cased e-mail.</summary>
[Alias("IEmailGrain")]
public interface IEmailGrain : IGrainWithStringKey
{
    /// <summary>Takes the e-mail for a person; repeating it is harmless.</summary>
    /// <returns>Done, <see cref="Refusal.EmailTaken"/>, or unknown while another person's registration is under way.</returns>
    [Alias("Claim")]
    Task<Answer<bool>> Claim(UserId owner);

    /// <summary>Gives the e-mail up, if that person has it.</summary>
    [Alias("Release")]
    Task Release(UserId owner);

    /// <summary>The person whose profile carries this e-mail, if anyone's does.</summary>
    [Alias("Owner")]
    Task<UserId?> Owner();
}

/// <summary>Lists of users, answered by storage. Key 0.</summary>
[Alias("IUserListGrain")]
public interface IUserListGrain : IGrainWithIntegerKey
{
    /// <summary>All users.</summary>
    [Alias("List")]
    Task<Page<UserRecord>> List(PageRequest page);
}
