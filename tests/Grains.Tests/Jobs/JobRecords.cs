using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>The read ports of the jobs, over the storage of the tests.</summary>
internal sealed class JobRecords(AccountStore store) : IPaymentRecords, INotificationRecords
{
    /// <summary>How many pages of payments the job asked for, by shard.</summary>
    public ConcurrentDictionary<int, int> PagesOfPayments { get; } = new();

    ValueTask<Page<PaymentRecord>> IPaymentRecords.List(PageRequest page) =>
        new(Part(store.All<PaymentState>("payment").Where(state => !state.IsDeleted).Select(state => state.Payment!), payment => payment.Id.Value, page));

    ValueTask<Page<NotificationRecord>> INotificationRecords.List(PageRequest page) =>
        new(Part(store.All<NotificationState>("notification").Where(state => !state.IsDeleted).Select(state => state.Notification!), notification => notification.Id.Value, page));

    public ValueTask<PaymentId[]> Due(int shard, DateTimeOffset now, PaymentId? after, int limit)
    {
        PagesOfPayments.AddOrUpdate(shard, 1, (_, pages) => pages + 1);
        return new([.. store.All<PaymentState>("payment")
            .Where(state => state.NextAt <= now)
            .Select(state => state.Payment!.Id)
            .Where(id => PaymentState.ShardOf(id) == shard && (after is not { } last || id.Value > last.Value))
            .Take(limit)]);
    }

    public ValueTask<int> CountPending(int shard) =>
        new(store.All<PaymentState>("payment").Count(state => state.NextAt is not null && PaymentState.ShardOf(state.Payment!.Id) == shard));

    public ValueTask<NotificationId[]> Due(int shard, DateTimeOffset now, NotificationId? after, int limit) =>
        new([.. store.All<NotificationState>("notification")
            .Where(state => state.NextAt <= now)
            .Select(state => state.Notification!.Id)
            .Where(id => NotificationState.ShardOf(id) == shard && (after is not { } last || id.Value > last.Value))
            .Take(limit)]);

    private static Page<T> Part<T>(IEnumerable<T> all, Func<T, RecordId> id, PageRequest page)
    {
        var items = all.Where(item => page.After is not { } after || id(item) > after).Take(page.Limit).ToArray();
        return new(items, items.Length == page.Limit ? id(items[^1]) : null);
    }
}

/// <summary>Storage without a backup: the backups' job, which is started with the others, has tests of its own.</summary>
internal sealed class NoBackups : IBackupRecords
{
    public ValueTask<Page<BackupRecord>> List(PageRequest page) => new(new Page<BackupRecord>([], null));

    public ValueTask<BackupRecord?> Find(BackupId id) => default;

    public ValueTask<BackupRecord?> Last(BackupService service) => default;

    public ValueTask<BackupId[]> LastSet() => new([]);

    public ValueTask<DueBackup[]> Due(DateTimeOffset now, BackupId? after, int limit) => new([]);

    public ValueTask<BackupId[]> Ended(DateTimeOffset by, BackupId? after, int limit) => new([]);
}
