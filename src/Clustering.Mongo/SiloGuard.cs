using MongoDB.Bson;
using MongoDB.Driver;

namespace Ticketing.Clustering.Mongo;

/// <summary>
/// Whether this silo may still write. A silo that stood still (a frozen machine, a long pause) can be declared dead and not know it; when it goes on, what waited for it must
/// not be carried out any more: others have taken over. So a silo that has not looked for a while looks at the membership table before it writes again. What it was just
/// writing when it stopped is refused by the journal's fences and by ETags.
/// </summary>
/// <param name="connection">The cluster's database.</param>
/// <param name="clusterId">Which cluster.</param>
/// <param name="confidence">How long a look is good for; shorter than it takes the others to declare a silo dead.</param>
/// <param name="time">The clock. One that stands still with the machine shortens nothing: the fences hold then too.</param>
public sealed class SiloGuard(MongoConnection connection, string clusterId, TimeSpan confidence, TimeProvider time)
{
    private readonly IMongoCollection<BsonDocument> tables = connection.Writer.GetCollection<BsonDocument>(MongoConnection.MembershipCollection);
    private volatile string? path;
    private volatile bool dead;
    private long lookedAt;

    /// <summary>Guards a silo from now on, which has become a member. Before, nothing is held up.</summary>
    /// <param name="silo">The silo.</param>
    public void Watch(SiloAddress silo)
    {
        lookedAt = time.GetTimestamp();
        path = MembershipDocument.Path(silo);
    }

    /// <summary>Whether it was found declared dead, or not in the table any more, when it was last to write.</summary>
    public bool IsDead => dead;

    /// <summary>Looks, if the last look is too old. Called by one thread.</summary>
    /// <returns>False, and so for ever, when the silo was declared dead or is not in the table any more.</returns>
    /// <exception cref="MongoException">The table could not be read.</exception>
    /// <exception cref="TimeoutException">The table could not be read in time.</exception>
    public bool MayWrite()
    {
        if (path is not { } mine) return true;
        if (dead) return false;
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(lookedAt, now) < confidence) return true;
        var status = $"{mine}.{MembershipDocument.Status}";
        var alive = new BsonDocument { { MembershipDocument.Key, clusterId }, { status, new BsonDocument { { "$exists", true }, { "$ne", nameof(SiloStatus.Dead) } } } };
        dead = !tables.Find(alive).Project(new BsonDocument(MembershipDocument.Key, 1)).Any();
        // By when it was asked for: the answer may have taken its time.
        lookedAt = now;
        return !dead;
    }
}
