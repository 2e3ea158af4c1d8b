using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ticketing.ApiGateway;

/// <summary>
/// Whom the tokens speak for whose signature and claims were found good, so that a buyer's is checked once and not with every request. Two generations of a bounded
/// size: when the younger is full it becomes the older one, of which only those stay that are asked for meanwhile.
/// </summary>
internal sealed class KnownTokens
{
    /// <summary>How many a generation holds. A token of ours takes less than a kilobyte; nobody but who has the keys can make longer ones, of four at most.</summary>
    internal const int Most = 20_000;

    private readonly Lock turning = new();
    private volatile Generation young = new();
    private volatile Generation old = new();

    /// <summary>How many are known; some perhaps twice.</summary>
    internal int Count => young.Tokens.Count + old.Tokens.Count;

    /// <summary>Whom the token speaks for, if it is known.</summary>
    public Identity? Find(ReadOnlySpan<char> token)
    {
        if (young.ByText.TryGetValue(token, out var identity))
            return identity;
        if (old.ByText.TryGetValue(token, out identity))
            Keep(token.ToString(), identity);
        return identity;
    }

    /// <summary>Knows a token that was found good.</summary>
    public void Keep(string token, Identity identity)
    {
        var generation = young;
        if (!generation.Tokens.TryAdd(token, identity) || Interlocked.Increment(ref generation.Added) < Most)
            return;
        lock (turning)
        {
            if (generation == young)
                (old, young) = (generation, new());
        }
    }

    private sealed class Generation
    {
        public Generation() => ByText = Tokens.GetAlternateLookup<ReadOnlySpan<char>>();

        public ConcurrentDictionary<string, Identity> Tokens { get; } = new(new Secrets());

        public ConcurrentDictionary<string, Identity>.AlternateLookup<ReadOnlySpan<char>> ByText { get; }

        public int Added;
    }

    /// <summary>Compares tokens so that how long it takes tells nothing of those that are known: by a hash under a key of this process, and then in constant time.</summary>
    private sealed class Secrets : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
    {
        public bool Equals(string? x, string? y) => Equals(x.AsSpan(), y ?? "");

        public bool Equals(ReadOnlySpan<char> alternate, string other) =>
            CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(alternate), MemoryMarshal.AsBytes(other.AsSpan()));

        public int GetHashCode(string obj) => string.GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<char> alternate) => string.GetHashCode(alternate);

        public string Create(ReadOnlySpan<char> alternate) => alternate.ToString();
    }
}
