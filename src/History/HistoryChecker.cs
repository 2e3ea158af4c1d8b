namespace Ticketing.History;

/// <summary>
/// Rebuilds a sale from its history, line after line, with code of its own, and looks after every line whether the rules of docs/history.md hold. Shares nothing with the code
/// that decided the sale. Used by one thread; goes on after a violation as well as it can.
/// </summary>
public sealed class HistoryChecker
{
    private readonly Check batches;
    private readonly Check chain;
    private readonly Check writers;
    private readonly Check operations;
    private readonly Dictionary<UInt128, ulong> carriedOut = [];
    private readonly HashSet<ulong> former = [];
    private UInt128? eventId;
    private byte[] last = [];
    private ulong writer;
    // A batch of somebody who has not opened: the fact that follows must say so.
    private Batch? unopened;

    /// <summary>Begins with nothing.</summary>
    /// <param name="table">Gets what is found; several histories, one after the other, may share one.</param>
    public HistoryChecker(CheckTable table)
    {
        Table = table;
        batches = table.Row("batches", "batches are numbered 1, 2, 3 … without gaps");
        chain = table.Row("chain", "each batch is what was written, and follows from all before it");
        writers = table.Row("writers", "nothing is written by an older activation after a newer one opened");
        operations = table.Row("operations", "each operation is carried out once");
        Sale = new(table, Violate);
    }

    /// <summary>What was found so far.</summary>
    public CheckTable Table { get; }

    /// <summary>How many facts there were, those that only say who writes not counted.</summary>
    public long Position { get; private set; }

    /// <summary>The number of the last batch; 0 before the first.</summary>
    public long LastBatch { get; private set; }

    /// <summary>The chain after the last batch that came with its seal; empty before the first.</summary>
    public ReadOnlyMemory<byte> LastChain => last;

    /// <summary>The sale as the facts so far add up to.</summary>
    public FoldedSale Sale { get; }

    /// <summary>Takes the next line.</summary>
    public void Add(HistoryLine line)
    {
        switch (line)
        {
            case Head head:
                if (eventId is not null || LastBatch != 0) Violate(batches, null, "the history begins a second time");
                eventId = head.Event;
                break;
            case Batch batch: Take(batch); break;
            case Opened opened: Take(opened); break;
            case Fact fact: Take(fact); break;
            default: throw new ArgumentException($"a line of unknown kind {line.GetType().Name}", nameof(line));
        }
    }

    /// <summary>The history ends here: looks at what must be complete by now. The last call.</summary>
    /// <returns>The table.</returns>
    public CheckTable Finish()
    {
        ExpectOpened();
        Sale.Finish();
        return Table;
    }

    /// <summary>Adds something that does not hold, with the place that was reached.</summary>
    /// <param name="check">The row.</param>
    /// <param name="ticket">The ticket, if it is about one.</param>
    /// <param name="what">What is wrong.</param>
    public void Violate(Check check, UInt128? ticket, string what) =>
        check.Violate(new(eventId is { } id ? Ids.Record(id) : null, LastBatch, Position, ticket is { } one ? Ids.Record(one) : null, what));

    private void Take(Batch batch)
    {
        ExpectOpened();
        batches.Look();
        var (expected, got) = (LastBatch + 1, batch.Number);
        LastBatch = got;
        if (eventId is null && expected == 1) Violate(batches, null, "the history does not say what it is of");
        if (got != expected)
        {
            Violate(batches, null, got < expected ? $"batch {got} comes after batch {expected - 1}"
                : got == expected + 1 ? $"batch {expected} is missing" : $"batches {expected} to {got - 1} are missing");
        }

        CheckChain(batch);
        CheckWriter(batch);
    }

    private void CheckChain(Batch batch)
    {
        chain.Look();
        var isWhole = true;
        if (batch.Seal is { } seal)
        {
            isWhole = seal.Chain.Span.SequenceEqual(Derivation.Chain(last, batch.Number, seal.Payload.Span));
            // What is stored is believed from then on: one edited batch is one violation.
            last = seal.Chain.ToArray();
        }

        if (!isWhole) Violate(chain, null, $"batch {batch.Number} is not what was written, or does not follow from the one before it");
        else if (batch.Fault is { } fault) Violate(chain, null, $"batch {batch.Number} {fault}");
    }

    private void CheckWriter(Batch batch)
    {
        writers.Look();
        if (batch.Writer == 0 && writer == 0) writers.Note("batches that do not say who wrote them");
        if (batch.Writer == writer) return;
        if (former.Contains(batch.Writer)) Violate(writers, null, $"batch {batch.Number} is of writer {Ids.Writer(batch.Writer)}, after {Name(writer)} had opened");
        else unopened = batch;
    }

    private void Take(Opened opened)
    {
        var expected = unopened?.Writer ?? writer;
        unopened = null;
        if (opened.Writer != expected) Violate(writers, null, $"batch {LastBatch} is of {Name(expected)}, and says that {Name(opened.Writer)} opened");
        if (opened.Writer != 0 && (opened.Writer == writer || former.Contains(opened.Writer))) Violate(writers, null, $"{Name(opened.Writer)} opened a second time");
        if (writer != 0) former.Add(writer);
        writer = opened.Writer;
    }

    private void ExpectOpened()
    {
        if (unopened is null) return;
        Violate(writers, null, $"batch {unopened.Number} is of {Name(unopened.Writer)}, who never opened");
        unopened = null;
    }

    private void Take(Fact fact)
    {
        Position++;
        ExpectOpened();
        if (LastBatch == 0) Violate(batches, null, "a fact before the first batch");
        if (CommandOf(fact) is { } command)
        {
            operations.Look();
            if (!carriedOut.TryAdd(command.Id, command.Fingerprint))
            {
                var alike = carriedOut[command.Id] == command.Fingerprint ? "" : ", the second time with other content";
                Violate(operations, (fact as TicketFact)?.Ticket ?? (fact as Sold)?.Ticket, $"operation {Ids.Operation(command.Id)} was carried out twice{alike}");
            }
        }

        Sale.Apply(fact, Position, eventId ?? 0);
    }

    private static string Name(ulong writer) => writer == 0 ? "a writer that is not said" : $"writer {Ids.Writer(writer)}";

    private static Command? CommandOf(Fact fact) => fact switch
    {
        Details details => details.Command,
        OffSale off => off.Command,
        Sold sold => sold.Command,
        ActivatedByHand activated => activated.Command,
        Moved moved => moved.Command,
        Ended ended => ended.Command,
        Withdrawn withdrawn => withdrawn.Command,
        _ => null,
    };
}
