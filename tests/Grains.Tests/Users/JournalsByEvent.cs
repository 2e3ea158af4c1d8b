using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Events;
using Ticketing.Grains.Tests.Events;

namespace Ticketing.Grains.Tests.Users;

/// <summary>The journals of all events, in memory.</summary>
internal sealed class JournalsByEvent : IJournal
{
    private readonly ConcurrentDictionary<EventKey, ScriptedJournal> journals = new();

    public bool IsShared => true;

    public void Append(EventKey key, OpenBatch batch) => Of(key).Append(key, batch);

    public ValueTask<IReadOnlyList<JournalBatch>> Read(EventKey key, long after, int limit) => Of(key).Read(key, after, limit);

    public ValueTask<Snapshot?> ReadSnapshot(EventKey key) => Of(key).ReadSnapshot(key);

    public Task SaveSnapshot(EventKey key, Snapshot snapshot) => Of(key).SaveSnapshot(key, snapshot);

    private ScriptedJournal Of(EventKey key) => journals.GetOrAdd(key, _ => new());
}
