using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Auth;

namespace Ticketing.Storage.Auth;

/// <summary>The ended tokens over an engine.</summary>
internal sealed class EndedTokenRecords(IEngine engine, CommitLoop loop) : IEndedTokenRecords
{
    /// <summary>More than one, so that those that expired go faster than new ones come.</summary>
    private const int RemovedByEach = 4;

    /// <summary>Well beyond the leeway with which tokens expire.</summary>
    private static readonly TimeSpan KeptLonger = TimeSpan.FromMinutes(10);

    public async ValueTask<bool> Add(EndedToken ended)
    {
        var expired = new Condition("expires", Test.AtMost, Cell.Of((ended.EndedAt - KeptLonger).ToUnixTimeSeconds()));
        foreach (var row in await engine.List(new(Tables.EndedTokens, [expired], Cell.None, RemovedByEach)))
        {
            // What becomes of it does not matter: the next one tries again.
            _ = loop.Commit(new WriteUnit(new(Tables.EndedTokens, WriteRule.IfExpected, row.Version, row.Key, 0, null)));
        }

        var (key, version) = (Cell.Of(ended.Key), ended.EndedAt.ToUnixTimeMilliseconds());
        return await loop.Commit(new WriteUnit(new(Tables.EndedTokens, WriteRule.IfNewer, 0, key, version, Tables.EndedTokens.Write(ended)))) == UnitOutcome.Committed;
    }

    public ValueTask<Page<EndedToken>> Since(DateTimeOffset moment, PageRequest page) =>
        engine.Page(Tables.EndedTokens, page, one => one, new Condition("ended_at", Test.MoreThan, Cell.Of(moment)));
}
