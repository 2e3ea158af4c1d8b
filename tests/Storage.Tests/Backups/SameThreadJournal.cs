using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Tests.Backups;

/// <summary>A journal that appends before it returns: a ledger is used by one thread at a time, which its grain sees to and a test without grains has to.</summary>
internal sealed class SameThreadJournal(IJournal journal) : IJournal
{
    public bool IsShared => journal.IsShared;

    public void Append(EventKey key, OpenBatch batch)
    {
        journal.Append(key, batch);
        Task.Run(() => batch.Done.Task).GetAwaiter().GetResult();
    }

    public ValueTask<IReadOnlyList<JournalBatch>> Read(EventKey key, long after, int limit) => journal.Read(key, after, limit);

    public ValueTask<Snapshot?> ReadSnapshot(EventKey key) => journal.ReadSnapshot(key);

    public Task SaveSnapshot(EventKey key, Snapshot snapshot) => journal.SaveSnapshot(key, snapshot);
}
