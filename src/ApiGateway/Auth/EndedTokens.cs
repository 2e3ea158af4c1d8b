using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway.Auth;

/// <summary>
/// The tokens that were ended before their time (by logging out, or with their user), as far as this gateway knows. What the gateway ended itself it knows at once,
/// what others ended after the next <see cref="CatchUp"/>. While the cluster cannot be asked, what was known stays known.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="time">The clock that decides what has expired.</param>
public sealed class EndedTokens(IGrainFactory grains, TimeProvider time)
{
    /// <summary>How far back a look begins before the last one: for the clocks of silos that differ among themselves, and for ends that took long to become durable.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    private const int Keys = 64;

    private readonly ConcurrentDictionary<RecordId, long> ended = new();
    private readonly TaskCompletionSource filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long lookedAt = DateTimeOffset.UnixEpoch.UtcTicks;
    private Newest? newest;
    private long caughtUpAt;
    private long looks;

    /// <summary>Ends when everything that had been ended before this gateway started is known. Until then no token is accepted.</summary>
    public Task Filled => filled.Task;

    /// <summary>How long ago the cluster was last asked with success; without end when it never was.</summary>
    internal TimeSpan Age => filled.Task.IsCompleted ? time.GetElapsedTime(Volatile.Read(ref caughtUpAt)) : TimeSpan.MaxValue;

    /// <summary>How many are known.</summary>
    internal int Count => ended.Count;

    /// <summary>Whether a token is ended, or a user's tokens up to an expiry are.</summary>
    /// <param name="key">The token's fingerprint or the user's id.</param>
    /// <param name="expires">The token's <c>exp</c>, seconds since 1970.</param>
    internal bool Has(RecordId key, long expires) => ended.TryGetValue(key, out var last) && expires <= last;

    /// <summary>Knows of an end from now on.</summary>
    internal void Add(EndedToken one) => ended.AddOrUpdate(one.Key, one.Expires, (_, known) => Math.Max(known, one.Expires));

    /// <summary>Learns what was ended anywhere before this call. Several at once are harmless.</summary>
    /// <exception cref="Exception">The cluster could not be asked.</exception>
    internal async Task CatchUp()
    {
        var (begun, stamp, latest) = (time.GetUtcNow().UtcTicks, time.GetTimestamp(), Volatile.Read(ref newest));
        var since = new DateTimeOffset(Math.Max(Volatile.Read(ref lookedAt) - Overlap.Ticks, DateTimeOffset.UnixEpoch.UtcTicks), TimeSpan.Zero);
        // Another key each time: a client sends what is for one key through one silo, and that one may be standing still.
        var list = grains.GetGrain<IEndedTokenListGrain>(Interlocked.Increment(ref looks) % Keys);
        for (var page = PageRequest.First; ;)
        {
            var found = await list.Since(since, page);
            foreach (var one in found.Items)
            {
                Add(one);
                if (latest is null || one.EndedAt.UtcTicks > latest.EndedAt)
                    latest = new(one.EndedAt.UtcTicks, time.GetTimestamp());
            }

            if (found.Next is not { } next)
                break;
            page = page with { After = next };
        }

        // By whichever clock is behind, this gateway's or that of the silos, who were at the newest end when it was seen, if not further: were this one ahead, looks
        // would begin after what they are to find.
        Volatile.Write(ref newest, latest);
        if (latest is not null)
            Volatile.Write(ref lookedAt, Math.Min(begun, latest.EndedAt + time.GetElapsedTime(latest.SeenAt, stamp).Ticks));
        Volatile.Write(ref caughtUpAt, time.GetTimestamp());
        filled.TrySetResult();
    }

    /// <summary>Forgets what has expired and is refused anyway.</summary>
    internal void Tidy()
    {
        var expired = (time.GetUtcNow() - Tokens.Leeway).ToUnixTimeSeconds();
        foreach (var one in ended)
        {
            if (one.Value < expired)
                ended.TryRemove(one);
        }
    }

    /// <summary>The newest end that is known, by the silos' clocks, and when it was first seen here, as a timestamp.</summary>
    private sealed record Newest(long EndedAt, long SeenAt);
}
