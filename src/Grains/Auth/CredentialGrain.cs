using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Auth;

/// <summary>
/// An account that does not exist answers as one that does: after the same time, and with the same limit of guesses. Guesses are counted in
/// memory, so that a stranger's guess writes nothing; a restart of the process forgets them.
/// </summary>
[GrainType("credential")]
internal sealed class CredentialGrain(
    [PersistentState("credential")] IPersistentState<CredentialState> state,
    IEndedTokenRecords endedTokens,
    PasswordHasher hasher,
    AuthSettings settings,
    RefusalMeter refusals,
    TimeProvider time,
    IGrainContext context,
    ILogger<CredentialGrain> log) : ICredentialGrain, IGrainBase
{
    private static readonly TimeSpan WrongPasswordDelay = TimeSpan.FromMilliseconds(300);

    private Guesses guesses;
    private Logouts logouts;
    private readonly Departure departure = new();

    public IGrainContext GrainContext => context;

    private UserId Id => UserId.Parse(this.GetPrimaryKeyString());

    public async Task<Answer<CredentialRecord>> Create(string password, Role role)
    {
        // A second password never replaces the first, and creating is no way around the limit of guesses.
        if (state.State.Credential is not null) return await Check(password);

        if (await hasher.Hash(password) is not { } hash) return TurnedAway();
        var credential = new CredentialRecord(RecordId.New(time.GetUtcNow()), role, Id);
        return await state.TryReplace(new() { Credential = credential, PasswordHash = hash }, context, log) ? credential : default(Answer<CredentialRecord>);
    }

    public async Task<Answer<CredentialRecord>> Check(string password)
    {
        if (guesses.AreTooMany(settings, time.GetUtcNow())) return Refused(Refusal.TooManyGuesses);

        var credential = state.State.Credential;
        switch (await hasher.Matches(password, credential is null ? null : state.State.PasswordHash))
        {
            case null:
                return TurnedAway();
            case true when credential is not null:
                guesses = default;
                return credential;
            default:
                guesses = guesses.Add(settings, time.GetUtcNow());
                await Task.Delay(WrongPasswordDelay, time);
                return Refused(Refusal.WrongCredentials);
        }
    }

    public ValueTask<Answer<CredentialRecord>> Read() => new(state.State.Credential is { } credential ? credential : Refusal.NoSuchUser);

    public async Task<Answer<CredentialRecord>> SetRole(Role role)
    {
        if (state.State.Credential is not { } before) return Refusal.NoSuchUser;
        var credential = before with { Role = role };
        return await state.TryReplace(state.State with { Credential = credential }, context, log) ? credential : default(Answer<CredentialRecord>);
    }

    public ValueTask<TimeSpan> Wait() => new(guesses.Wait(settings, time.GetUtcNow()));

    public async Task<Answer<EndedToken>> End(RecordId token, long expires)
    {
        var now = time.GetUtcNow();
        var ended = logouts.AreTooMany(now) ? All(expires) : new EndedToken(token, expires, now);
        logouts = logouts.Add(now);
        // Whoever has a token can end it, also where the account is gone; those are not kept in memory.
        LeaveIfNobody();
        return await endedTokens.Add(ended) ? ended : default(Answer<EndedToken>);
    }

    public async Task<Answer<CredentialRecord>> Remove(long? tokensExpireBy)
    {
        // The tokens first, and in any case: a removal that broke off between the two is repeated.
        if (tokensExpireBy is { } expires && !await endedTokens.Add(All(expires))) return default;
        if (state.State.Credential is not { } credential) return Refusal.NoSuchUser;
        return await state.TryClear(context, log) ? credential : default(Answer<CredentialRecord>);
    }

    /// <summary>All tokens that expire by then, and by whatever was said before.</summary>
    private EndedToken All(long expires)
    {
        logouts = logouts with { AllExpireBy = Math.Max(expires, logouts.AllExpireBy) };
        return new(Id.Value, logouts.AllExpireBy, time.GetUtcNow());
    }

    /// <summary>Too many passwords wait. A flood of e-mails that nobody has would otherwise fill the memory with accounts that are none.</summary>
    private Answer<CredentialRecord> TurnedAway()
    {
        LeaveIfNobody();
        return default;
    }

    private Refusal Refused(Refusal rule)
    {
        refusals.Count(rule);
        return rule;
    }

    private void LeaveIfNobody()
    {
        if (IsNobody()) departure.Begin(this, IsNobody);
    }

    // Who was guessed at is kept: the limit of guesses holds for e-mails that nobody has, too.
    private bool IsNobody() => state.State.Credential is null && guesses == default;
}
