using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Events;

namespace Ticketing.Storage;

/// <summary>What became of a unit.</summary>
public enum UnitOutcome
{
    /// <summary>It may or may not be durable.</summary>
    Unknown,

    /// <summary>It is durable.</summary>
    Committed,

    /// <summary>Its condition did not hold; it changed nothing.</summary>
    Conflict,
}

/// <summary>When a record is written.</summary>
public enum WriteRule
{
    /// <summary>In any case.</summary>
    Always,

    /// <summary>When there is none of the key; otherwise what is there stays, and that is no conflict.</summary>
    IfAbsent,

    /// <summary>When there is none of the key or one of a lower version; otherwise what is there stays, and that is no conflict.</summary>
    IfNewer,

    /// <summary>When the version that is there is the expected one (0: when there is none); anything else is a conflict.</summary>
    IfExpected,
}

/// <summary>One record to write or, without members, to remove.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Rule">When it is written. A removal is always <see cref="WriteRule.IfExpected"/>.</param>
/// <param name="Expected">The version that must be there, for <see cref="WriteRule.IfExpected"/>.</param>
/// <param name="Key">Its key.</param>
/// <param name="Version">Its version from then on.</param>
/// <param name="Members">Its members; absent to remove it.</param>
public sealed record RecordWrite(RecordTable Table, WriteRule Rule, long Expected, Cell Key, long Version, Cell[]? Members);

/// <summary>What is made durable together or not at all.</summary>
public abstract class Unit
{
    private readonly TaskCompletionSource<UnitOutcome> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What became of it, once that is decided.</summary>
    internal Task<UnitOutcome> Done => answer.Task;

    /// <summary>What became of it; set by the engine.</summary>
    public UnitOutcome Outcome { get; set; }

    /// <summary>Whether it was sent to the engine before without a known outcome.</summary>
    public bool Repeated { get; internal set; }

    /// <summary>Hears that it is about to be sent to the engine, after everything that was answered before.</summary>
    /// <returns>Whether it is to be.</returns>
    internal virtual bool TryTake() => true;

    /// <summary>Tells whoever asked.</summary>
    /// <param name="outcome">What became of it.</param>
    /// <param name="failure">The fault of this program for which it was not sent, if it was one.</param>
    internal virtual void Answer(UnitOutcome outcome, Exception? failure = null) => answer.SetResult(outcome);
}

/// <summary>A batch of a journal with its record changes. A number that another batch has is a conflict.</summary>
/// <param name="key">The journal's event.</param>
/// <param name="batch">The batch.</param>
/// <param name="writes">Its record changes; none of them can conflict.</param>
public class AppendUnit(RecordId key, JournalBatch batch, IReadOnlyList<RecordWrite> writes) : Unit
{
    /// <summary>The journal's event.</summary>
    public RecordId Key => key;

    /// <summary>The batch.</summary>
    public JournalBatch Batch { get; private protected set; } = batch;

    /// <summary>Its record changes.</summary>
    public IReadOnlyList<RecordWrite> Writes { get; private protected set; } = writes;
}

/// <summary>One record by itself.</summary>
/// <param name="write">The record.</param>
public sealed class WriteUnit(RecordWrite write) : Unit
{
    /// <summary>The record.</summary>
    public RecordWrite Write => write;
}

/// <summary>A snapshot of a journal, in place of older ones.</summary>
/// <param name="key">The journal's event.</param>
/// <param name="snapshot">The snapshot.</param>
public sealed class SnapshotUnit(RecordId key, Snapshot snapshot) : Unit
{
    /// <summary>The most bytes an engine stores as one piece; MongoDB's limit of a document is 16 MB.</summary>
    public const int ChunkSize = 1 << 20;

    /// <summary>The journal's event.</summary>
    public RecordId Key => key;

    /// <summary>The snapshot.</summary>
    public Snapshot Snapshot => snapshot;
}
