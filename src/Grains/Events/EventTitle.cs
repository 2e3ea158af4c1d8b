using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

/// <summary>How an event takes a title and gives it up: a title's uniqueness is the grain whose key it is.</summary>
internal sealed class EventTitle(EventKey key, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Claims a title. A claim that was long in coming may lapse before the record that carries it is stored: it is to be asked for again.</summary>
    public async Task<Answer<bool>> Claim(string title)
    {
        var askedAt = time.GetUtcNow();
        var answer = await grains.GetGrain<ITitleGrain>(title).Claim(key);
        return time.GetUtcNow() - askedAt > Grains.Claim.Promise ? default : answer;
    }

    /// <summary>Gives a title up. If that fails it lapses by itself, because no record carries it.</summary>
    public Task Release(string title) => grains.GetGrain<ITitleGrain>(title).Release(key);

    /// <summary>Gives up what a change of title leaves unused, if it is known which of both that is.</summary>
    /// <param name="outcome">What became of the change.</param>
    /// <param name="before">The title before it.</param>
    /// <param name="asked">The title that it asked for.</param>
    /// <param name="now">The title that the event has.</param>
    public Task ReleaseUnused(Outcome outcome, string before, string asked, string? now)
    {
        var unused = outcome switch
        {
            Outcome.Done => before,
            Outcome.Refused => asked,
            _ => null, // Either title may be ours: the owner's record tells, whoever asks for it next.
        };
        return unused is null || unused == now ? Task.CompletedTask : Release(unused);
    }
}
