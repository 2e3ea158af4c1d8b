using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage.Moving;

/// <summary>
/// An engine that asks again: a copy of an hour should not end because a cluster elected another primary. Whatever it does may be repeated. Used by one thread.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="time">The clock.</param>
/// <param name="cancellation">Ends the waiting.</param>
internal sealed class PatientEngine(IEngine engine, TimeProvider time, CancellationToken cancellation) : IEngine
{
    private const int Attempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public bool IsShared => engine.IsShared;

    public void Commit(IReadOnlyList<Unit> units)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                engine.Commit(units);
                return;
            }
            catch (StorageException) when (attempt < Attempts)
            {
                foreach (var unit in units) (unit.Outcome, unit.Repeated) = (UnitOutcome.Unknown, true);
                cancellation.WaitHandle.WaitOne(Pause);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    public ValueTask<IReadOnlyList<JournalBatch>> ReadJournal(RecordId key, long after, int limit) => Ask(() => engine.ReadJournal(key, after, limit));

    public ValueTask<IReadOnlyList<RecordId>> ListJournals(RecordId? after, int limit) => Ask(() => engine.ListJournals(after, limit));

    public ValueTask<Snapshot?> ReadSnapshot(RecordId key) => Ask(() => engine.ReadSnapshot(key));

    public ValueTask<Row?> Find(RecordTable table, Cell key) => Ask(() => engine.Find(table, key));

    public ValueTask<IReadOnlyList<Row>> List(Query query) => Ask(() => engine.List(query));

    /// <summary>Not asked again: it is of one moment. Pages of <see cref="List"/> do, where nobody writes.</summary>
    public IAsyncEnumerable<Row> Scan(RecordTable table) => engine.Scan(table);

    /// <summary>Closes nothing: the engine is the caller's.</summary>
    public void Dispose()
    {
    }

    private async ValueTask<T> Ask<T>(Func<ValueTask<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return await ask();
            }
            catch (StorageException e) when (e.IsAway && attempt < Attempts)
            {
                await Task.Delay(Pause, time, cancellation);
            }
            catch (Exception e) when (e is InvalidCastException or KeyNotFoundException or FormatException or ArgumentException)
            {
                throw new InvalidDataException($"a record cannot be read: {e.Message}", e);
            }
        }
    }
}
