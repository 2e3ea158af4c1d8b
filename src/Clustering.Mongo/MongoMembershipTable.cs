using System.Globalization;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using Orleans.Configuration;

namespace Ticketing.Clustering.Mongo;

/// <summary>
/// Who is in the cluster: one document for each cluster, so that a read is of one moment. A change is a compare-and-swap on the table's version, which it raises by
/// one, and touches its own silo's part alone, so that it neither loses nor is lost to anybody's heartbeat.
/// </summary>
/// <param name="connection">The database.</param>
/// <param name="cluster">Which cluster.</param>
public sealed class MongoMembershipTable(MongoConnection connection, IOptions<ClusterOptions> cluster) : IMembershipTable
{
    private const int CleanUpAttempts = 5;

    private readonly IMongoCollection<BsonDocument> tables = connection.Database.GetCollection<BsonDocument>(MongoConnection.MembershipCollection);
    private readonly string clusterId = cluster.Value.ClusterId;

    private BsonDocument Mine => new(MembershipDocument.Key, clusterId);

    /// <inheritdoc/>
    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        if (!tryInitTableVersion) return;
        try
        {
            var empty = new BsonDocument { { MembershipDocument.Version, 0L }, { MembershipDocument.Silos, new BsonDocument() } };
            await tables.UpdateOneAsync(Mine, new BsonDocument("$setOnInsert", empty), new UpdateOptions { IsUpsert = true });
        }
        catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            // Another silo of a new cluster was quicker.
        }
    }

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) => tables.DeleteOneAsync(new BsonDocument(MembershipDocument.Key, clusterId));

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadAll() => MembershipDocument.Table(await Read(), _ => true);

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadRow(SiloAddress key) => MembershipDocument.Table(await Read(), entry => entry.SiloAddress.Equals(key));

    /// <inheritdoc/>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        var path = MembershipDocument.Path(entry.SiloAddress);
        return Change(tableVersion, new(path, new BsonDocument("$exists", false)), version => new("$set", new BsonDocument(path, MembershipDocument.Of(entry, version))));
    }

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
    {
        var path = MembershipDocument.Path(entry.SiloAddress);
        if (!long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var changed)) return Task.FromResult(false);
        var condition = new BsonDocument
        {
            { $"{path}.{MembershipDocument.Changed}", changed },
            // Whoever was declared dead stays it: others have taken over already.
            { $"{path}.{MembershipDocument.Status}", new BsonDocument("$ne", SiloStatus.Dead.ToString()) },
        };
        return Change(tableVersion, condition, version =>
        {
            // Member by member: the heartbeat is the silo's own and may be newer than what this change was made from.
            var members = MembershipDocument.Of(entry, version);
            var alive = members[MembershipDocument.Alive];
            members.Remove(MembershipDocument.Alive);
            return new()
            {
                { "$set", new BsonDocument(members.Select(member => new BsonElement($"{path}.{member.Name}", member.Value))) },
                { "$max", new BsonDocument(MembershipDocument.AlivePath(path), alive) },
            };
        });
    }

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry)
    {
        var path = MembershipDocument.Path(entry.SiloAddress);
        var there = Mine.Add(path, new BsonDocument("$exists", true));
        return tables.UpdateOneAsync(there, new BsonDocument("$set", new BsonDocument(MembershipDocument.AlivePath(path), MembershipDocument.Time(entry.IAmAliveTime))));
    }

    /// <inheritdoc/>
    public async Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate)
    {
        for (var attempt = 1; attempt <= CleanUpAttempts; attempt++)
        {
            var table = await ReadAll();
            var gone = table.Members.Select(member => member.Item1).Where(entry => entry.Status == SiloStatus.Dead && Seen(entry) < beforeDate.UtcDateTime).ToArray();
            if (gone.Length == 0) return;
            var unset = new BsonDocument(gone.Select(entry => new BsonElement(MembershipDocument.Path(entry.SiloAddress), "")));
            // Changed meanwhile: the table is read again. In the end the next clean-up will do.
            if (await Change(table.Version.Next(), [], _ => new("$unset", unset))) return;
        }

        // A silo that was silent for long may have been declared dead just now: it is to read that if it still lives.
        static DateTime Seen(MembershipEntry entry) => (entry.SuspectTimes ?? []).Select(suspicion => suspicion.Item2).Append(entry.IAmAliveTime).Append(entry.StartTime).Max();
    }

    /// <summary>
    /// Carries a change out if the table is still as it was read: its ETag says so, and the version that follows. The driver repeats it after a lost answer under the
    /// same number, so that it happens once; an answer that stays lost is an exception, upon which the runtime reads the table again.
    /// </summary>
    private async Task<bool> Change(TableVersion next, BsonDocument condition, Func<long, BsonDocument> change)
    {
        if (!long.TryParse(next.VersionEtag, NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return false;
        var update = change(version + 1).Add("$inc", new BsonDocument(MembershipDocument.Version, 1L));
        var result = await tables.UpdateOneAsync(Mine.Add(MembershipDocument.Version, version).AddRange(condition), update);
        return result.MatchedCount == 1;
    }

    private async Task<BsonDocument?> Read() => await (await tables.FindAsync(Mine)).FirstOrDefaultAsync();
}
