namespace Ticketing.Grains.Auth;

/// <summary>The tokens that an account ended one by one of late, and all at once.</summary>
/// <param name="Count">How many one by one.</param>
/// <param name="Since">When the first of them was.</param>
/// <param name="AllExpireBy">The latest <c>exp</c> up to which all were ended.</param>
internal readonly record struct Logouts(int Count, DateTimeOffset Since, long AllExpireBy)
{
    /// <summary>How many tokens an account may end one by one within <see cref="Window"/>.</summary>
    public const int Most = 100;

    /// <summary>How long a token lives at most: after that, none that was ended need be remembered.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Whether the next one ends all.</summary>
    public bool AreTooMany(DateTimeOffset now) => Count >= Most && now - Since < Window;

    /// <summary>Counts another one.</summary>
    public Logouts Add(DateTimeOffset now) => Count == 0 || now - Since >= Window ? this with { Count = 1, Since = now } : this with { Count = Count + 1 };
}
