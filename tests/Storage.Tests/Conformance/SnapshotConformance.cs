using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>Snapshots of journals: one counts, the newest, however large.</summary>
public abstract class SnapshotConformance(Database database) : EngineConformance(database)
{
    [SkippableFact]
    public async Task An_event_without_a_snapshot_has_none()
    {
        Save(Samples.Id(), 1, 10);
        Assert.Null(await Engine.ReadSnapshot(Samples.Id()));
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SnapshotUnit.ChunkSize - 1)]
    [InlineData(SnapshotUnit.ChunkSize)]
    [InlineData(SnapshotUnit.ChunkSize + 1)]
    [InlineData(12 * 1024 * 1024 + 345)]
    public async Task A_snapshot_of_any_size_is_read_back_byte_for_byte(int size)
    {
        var key = Samples.Id();
        var saved = Save(key, 42, size);
        Reopen();
        await IsThere(key, saved);
    }

    [SkippableFact]
    public async Task The_newest_snapshot_wins_and_a_shorter_one_keeps_nothing_of_a_longer_one()
    {
        var key = Samples.Id();
        Save(key, 9, 3 * SnapshotUnit.ChunkSize + 5);
        var newest = Save(key, 100, SnapshotUnit.ChunkSize + 5);
        await IsThere(key, newest);
    }

    [SkippableFact]
    public async Task A_snapshot_that_is_saved_again_is_there_once()
    {
        var key = Samples.Id();
        Save(key, 5, 2 * SnapshotUnit.ChunkSize);
        await IsThere(key, Save(key, 5, 2 * SnapshotUnit.ChunkSize));
    }

    [SkippableFact]
    public async Task An_older_snapshot_that_is_written_late_does_not_replace_a_newer_one()
    {
        var key = Samples.Id();
        var newer = Save(key, 8, SnapshotUnit.ChunkSize + 1);
        Save(key, 7, 3 * SnapshotUnit.ChunkSize);
        await IsThere(key, newer);
    }

    [SkippableFact]
    public async Task Events_have_snapshots_of_their_own()
    {
        var (one, other) = (Samples.Id(), Samples.Id());
        var (mine, theirs) = (Save(one, 1, 10), Save(other, 2, 20));
        await IsThere(one, mine);
        await IsThere(other, theirs);
    }

    [SkippableFact]
    public async Task A_snapshot_and_a_batch_may_share_a_group()
    {
        var key = Samples.Id();
        var snapshot = Make(1, 100);
        Assert.Equal([UnitOutcome.Committed, UnitOutcome.Committed], Commit(Samples.Append(key, Samples.Batch(1)), new SnapshotUnit(key, snapshot)));
        await IsThere(key, snapshot);
        Assert.Single(await Engine.ReadJournal(key, 0, 10));
    }

    private Snapshot Save(RecordId key, long number, int size)
    {
        var snapshot = Make(number, size);
        Assert.Equal([UnitOutcome.Committed], Commit(new SnapshotUnit(key, snapshot)));
        return snapshot;
    }

    private static Snapshot Make(long number, int size)
    {
        var payload = new byte[size];
        new Random(size + (int)number).NextBytes(payload);
        return new(number, payload, [(byte)number, .. new byte[31]]);
    }

    private async Task IsThere(RecordId key, Snapshot expected)
    {
        var read = await Engine.ReadSnapshot(key);
        Assert.Equal(expected.Number, read!.Number);
        Assert.Equal(expected.Chain, read.Chain);
        Assert.True(expected.Payload.AsSpan().SequenceEqual(read.Payload));
    }
}
