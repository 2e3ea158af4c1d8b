using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Backups;

namespace Ticketing.Storage.Backups;

/// <summary>The backups' records over an engine.</summary>
internal sealed class BackupRecords(IEngine engine, TimeProvider time) : IBackupRecords
{
    private static readonly Condition NotDeleted = new("deleted", Test.Equal, Cell.Of(0));

    /// <summary>Ids begin with their time, so the newest is looked for among the young ones first.</summary>
    private static readonly TimeSpan[] Ages = [TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(30)];

    public ValueTask<Page<BackupRecord>> List(PageRequest page) => engine.Page(Tables.Backups, page, one => one.Backup!, NotDeleted);

    public async ValueTask<BackupRecord?> Find(BackupId id) =>
        await engine.Find(Tables.Backups, id.Value) is { IsDeleted: false, Backup: { } backup } ? backup : null;

    public async ValueTask<BackupRecord?> Last(BackupService service) =>
        await Newest(service, new Condition("status", Test.Equal, Cell.Of(BackupStatus.Completed))) ?? await Newest(service);

    public async ValueTask<BackupId[]> LastSet()
    {
        foreach (var age in Ages)
        {
            if (await LastSetAfter(Before(age)) is { Length: > 0 } young) return young;
        }

        return await LastSetAfter(null);
    }

    public async ValueTask<DueBackup[]> Due(DateTimeOffset now, BackupId? after, int limit)
    {
        var rows = await Select([new("next_at", Test.AtMost, Cell.Of(now))], after?.Value, limit);
        return [.. rows.Select(backup => new DueBackup(backup.Id, backup.CreatedAt))];
    }

    public async ValueTask<BackupId[]> Ended(DateTimeOffset by, BackupId? after, int limit)
    {
        var rows = await Select([new("finished_at", Test.AtMost, Cell.Of(by))], after?.Value, limit);
        return [.. rows.Select(backup => backup.Id)];
    }

    private RecordId Before(TimeSpan age) => new((ulong)(time.GetUtcNow() - age).ToUnixTimeSeconds() << 32, 0);

    /// <summary>Backups are of one set when their files are in one directory, which bears a second's name.</summary>
    private async ValueTask<BackupId[]> LastSetAfter(RecordId? after)
    {
        Condition[] where = [new("status", Test.Equal, Cell.Of(BackupStatus.Completed)), NotDeleted];
        var (sets, last) = (new Dictionary<long, List<BackupRecord>>(), Array.Empty<BackupId>());
        for (var newest = long.MinValue; ;)
        {
            var page = await Select(where, after, PageRequest.Most);
            foreach (var backup in page)
            {
                var moment = backup.CreatedAt.ToUnixTimeSeconds();
                if (!sets.TryGetValue(moment, out var set)) sets.Add(moment, set = []);
                set.Add(backup);
                if (moment < newest || set.Select(one => one.Service).Distinct().Count() < Enum.GetValues<BackupService>().Length) continue;
                (newest, last) = (moment, [.. set.Select(one => one.Id)]);
            }

            if (page.Length < PageRequest.Most) return last;
            after = page[^1].Id.Value;
        }
    }

    private async ValueTask<BackupRecord?> Newest(BackupService service, params Condition[] conditions)
    {
        Condition[] where = [new("service_name", Test.Equal, Cell.Of(service)), .. conditions, NotDeleted];
        foreach (var age in Ages)
        {
            if (await LastAfter(where, Before(age)) is { } young) return young;
        }

        return await LastAfter(where, null);
    }

    private async ValueTask<BackupRecord?> LastAfter(Condition[] where, RecordId? after)
    {
        for (BackupRecord? last = null; ; after = last.Id.Value)
        {
            var page = await Select(where, after, PageRequest.Most);
            if (page.Length > 0) last = page[^1];
            if (page.Length < PageRequest.Most || last is null) return last;
        }
    }

    private async ValueTask<BackupRecord[]> Select(Condition[] where, RecordId? after, int limit)
    {
        var rows = await engine.List(new(Tables.Backups, where, after is { } id ? Cell.Of(id) : Cell.None, limit));
        return [.. rows.Select(row => Tables.Backups.Read(row).Backup!)];
    }
}
