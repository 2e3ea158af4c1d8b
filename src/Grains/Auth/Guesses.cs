namespace Ticketing.Grains.Auth;

/// <summary>The wrong passwords an account was tried with of late.</summary>
/// <param name="Wrong">How many.</param>
/// <param name="Since">When the first of them came.</param>
internal readonly record struct Guesses(int Wrong, DateTimeOffset Since)
{
    /// <summary>Whether no further guess is looked at.</summary>
    public bool AreTooMany(AuthSettings settings, DateTimeOffset now) => Wrong >= settings.MaxGuesses && now - Since < settings.GuessWindow;

    /// <summary>How long no further guess is looked at; zero when the next one is.</summary>
    public TimeSpan Wait(AuthSettings settings, DateTimeOffset now) => AreTooMany(settings, now) ? Since + settings.GuessWindow - now : TimeSpan.Zero;

    /// <summary>Counts another wrong one.</summary>
    public Guesses Add(AuthSettings settings, DateTimeOffset now) =>
        Wrong == 0 || now - Since >= settings.GuessWindow ? new(1, now) : this with { Wrong = Wrong + 1 };
}
