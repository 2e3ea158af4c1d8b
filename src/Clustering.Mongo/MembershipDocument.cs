using System.Globalization;
using MongoDB.Bson;

namespace Ticketing.Clustering.Mongo;

/// <summary>A cluster's document: its version, and a part for each silo under the silo's address.</summary>
internal static class MembershipDocument
{
    public const string Key = "_id";
    public const string Version = "version";
    public const string Silos = "silos";
    public const string Status = "status";
    public const string Alive = "alive_at";

    /// <summary>The table's version at which the silo's part was changed last, heartbeats apart: its ETag.</summary>
    public const string Changed = "changed";

    /// <summary>Where a silo's part is. A dot would lead further down.</summary>
    public static string Path(SiloAddress silo) => $"{Silos}.{silo.ToParsableString().Replace('.', '-')}";

    /// <summary>Where the heartbeat of a part is.</summary>
    public static string AlivePath(string path) => $"{path}.{Alive}";

    public static BsonValue Time(DateTime time) => new BsonDateTime(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    public static BsonDocument Of(MembershipEntry entry, long version) => new()
    {
        { "address", entry.SiloAddress.ToParsableString() },
        { Status, entry.Status.ToString() },
        { "proxy_port", entry.ProxyPort },
        { "host_name", Text(entry.HostName) },
        { "silo_name", Text(entry.SiloName) },
        { "role_name", Text(entry.RoleName) },
        { "fault_zone", entry.FaultZone },
        { "update_zone", entry.UpdateZone },
        { "started_at", Time(entry.StartTime) },
        { Alive, Time(entry.IAmAliveTime) },
        { "suspicions", new BsonArray((entry.SuspectTimes ?? []).Select(one => new BsonDocument { { "by", one.Item1.ToParsableString() }, { "at", Time(one.Item2) } })) },
        { Changed, version },
    };

    /// <summary>The table of a document: of none when nobody has begun the cluster.</summary>
    public static MembershipTableData Table(BsonDocument? document, Func<MembershipEntry, bool> which)
    {
        var version = document?[Version].ToInt64() ?? 0;
        var parts = document?[Silos].AsBsonDocument.Values.Select(value => value.AsBsonDocument) ?? [];
        var rows = parts.Select(part => (Entry: Entry(part), Tag: Tag(part[Changed].ToInt64()))).Where(row => which(row.Entry));
        return new(rows.Select(row => Tuple.Create(row.Entry, row.Tag)).ToList(), new TableVersion(checked((int)version), Tag(version)));
    }

    public static MembershipEntry Entry(BsonDocument part) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(part["address"].AsString),
        Status = Enum.Parse<SiloStatus>(part[Status].AsString),
        ProxyPort = part["proxy_port"].AsInt32,
        HostName = TextOf(part["host_name"])!,
        SiloName = TextOf(part["silo_name"])!,
        RoleName = TextOf(part["role_name"])!,
        FaultZone = part["fault_zone"].AsInt32,
        UpdateZone = part["update_zone"].AsInt32,
        StartTime = part["started_at"].ToUniversalTime(),
        IAmAliveTime = part[Alive].ToUniversalTime(),
        SuspectTimes = [.. part["suspicions"].AsBsonArray.Select(one => Tuple.Create(SiloAddress.FromParsableString(one["by"].AsString), one["at"].ToUniversalTime()))],
    };

    private static string Tag(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static BsonValue Text(string? text) => text is null ? BsonNull.Value : new BsonString(text);

    private static string? TextOf(BsonValue value) => value.IsBsonNull ? null : value.AsString;
}
