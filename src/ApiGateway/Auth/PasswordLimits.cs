namespace Ticketing.ApiGateway.Auth;

/// <summary>What one address may do with passwords at one gateway. All who sit behind one router are one address.</summary>
public sealed record PasswordLimits
{
    /// <summary>How many wrong passwords within <see cref="GuessWindow"/>; later ones are not looked at.</summary>
    public int GuessesPerAddress { get; init; } = 300;

    /// <summary>From the first wrong password to when passwords are looked at again.</summary>
    public TimeSpan GuessWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How many passwords are hashed at once; few, for whoever else comes waits for these.</summary>
    public int AtOncePerAddress { get; init; } = 2;

    /// <summary>How many further ones wait their turn; the next one is turned away.</summary>
    public int WaitingPerAddress { get; init; } = 100;
}
