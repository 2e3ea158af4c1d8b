namespace Ticketing.Grains.Auth;

/// <summary>How passwords are kept and guesses held back.</summary>
public sealed record AuthSettings
{
    /// <summary>The cost of a password's hash, a power of two: bcrypt's work factor, 4 to 16. Twelve takes about a quarter of a second.</summary>
    public int PasswordCost { get; init; } = 12;

    /// <summary>How many wrong passwords an account is allowed within <see cref="GuessWindow"/>; later ones are not looked at.</summary>
    public int MaxGuesses { get; init; } = 10;

    /// <summary>From the first wrong password to when guesses are looked at again. At most the 15 minutes for which the runtime keeps an idle account in memory, where guesses are counted.</summary>
    public TimeSpan GuessWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The threads that hash passwords. Half of the processors, so that a crowd that logs in does not stop a sale.</summary>
    public int HashingThreads { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many passwords may wait for a thread; the next one is turned away. Sixty-four at a quarter of a second end well before a call times out.</summary>
    public int HashingQueue { get; init; } = 64;
}
