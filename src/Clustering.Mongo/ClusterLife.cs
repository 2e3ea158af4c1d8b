using MongoDB.Bson;
using MongoDB.Driver;

namespace Ticketing.Clustering.Mongo;

/// <summary>Whether anybody serves on a database, as the membership tells; whoever asks is no member himself.</summary>
/// <param name="connection">The database.</param>
public sealed class ClusterLife(MongoConnection connection)
{
    /// <summary>How long after its last heartbeat a silo may still be there.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly IMongoCollection<BsonDocument> tables = connection.Database.GetCollection<BsonDocument>(MongoConnection.MembershipCollection);

    /// <summary>Looks for a silo that is alive: not declared dead, and heard of within <see cref="Grace"/>.</summary>
    /// <param name="now">The time.</param>
    /// <returns>Its address and when it was heard of last, in one line; nothing when there is none.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<string?> SomebodyAlive(DateTimeOffset now)
    {
        foreach (var table in await Tables())
        {
            foreach (var (silo, _) in MembershipDocument.Table(table, entry => entry.Status != SiloStatus.Dead).Members)
            {
                var heard = silo.IAmAliveTime > silo.StartTime ? silo.IAmAliveTime : silo.StartTime;
                var ago = now.UtcDateTime - heard;
                if (ago < Grace) return $"the silo {silo.SiloAddress.Endpoint} was alive {Math.Max(0, (int)ago.TotalSeconds)} seconds ago";
            }
        }

        return null;
    }

    /// <summary>All that the membership says, to be compared: as long as it stays the same, no silo came, went, or lived.</summary>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<string> Trace() => string.Join('\n', (await Tables()).Select(table => table.ToJson()));

    private Task<List<BsonDocument>> Tables() => connection.Explained(async () =>
        await (await tables.FindAsync(new BsonDocument(), new FindOptions<BsonDocument> { Sort = new BsonDocument(MembershipDocument.Key, 1) })).ToListAsync());
}
