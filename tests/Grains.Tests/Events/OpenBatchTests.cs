using Ticketing.Grains.Events;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Events;

/// <summary>A batch between the activation that adds to it and the store that takes it.</summary>
public sealed class OpenBatchTests(ITestOutputHelper output)
{
    private static readonly EventChanged Known = new(
        new(LedgerBench.NewKey(), new("Carmen", "An evening of opera", "Opera house", LedgerBench.Now, 25, 40), 25, LedgerBench.Now, LedgerBench.Person, 1), false);

    [Theory]
    [InlineData(AppendOutcome.Unknown)]
    [InlineData(AppendOutcome.Fenced)]
    public void A_batch_is_not_written_when_the_one_before_it_was_not(AppendOutcome outcome)
    {
        var (first, second, third) = Chain();
        Assert.True(first.TrySeal(out _, out _));
        first.Settle(outcome);
        Assert.False(second.TrySeal(out _, out _));
        second.Settle(AppendOutcome.Unknown);
        Assert.False(third.TrySeal(out _, out _));
    }

    [Fact]
    public void A_batch_continues_the_chain_of_the_one_before_it()
    {
        var (first, second, _) = Chain();
        Assert.True(first.TrySeal(out var one, out _));
        first.Settle(AppendOutcome.Committed);
        Assert.True(second.TrySeal(out var two, out _));
        Assert.Equal(Ledger.Chain([], 1, one.Payload), one.Chain);
        Assert.Equal(Ledger.Chain(one.Chain, 2, two.Payload), two.Chain);
    }

    [Fact]
    public void A_batch_that_was_given_up_is_not_written_and_one_that_is_being_written_cannot_be_given_up()
    {
        var (first, second, _) = Chain();
        Assert.True(first.TrySeal(out _, out _));
        Assert.False(first.TryAbandon());
        first.Settle(AppendOutcome.Committed);
        Assert.True(second.TryAbandon());
        Assert.False(second.TrySeal(out _, out _));
        Assert.False(TryAdd(second, 1));
    }

    [Fact]
    public async Task What_joined_in_time_is_written_and_nothing_else_whenever_the_store_takes_the_batch()
    {
        const int Trials = 2_000;
        var (random, whole, cut) = (new Random(Seed.Of(output)), 0, 0);
        for (var trial = 0; trial < Trials; trial++)
        {
            var batch = new OpenBatch(1, Guid.NewGuid(), [], null);
            var patience = random.Next(400);
            var taken = Task.Run(() =>
            {
                Thread.SpinWait(patience);
                return batch.TrySeal(out var written, out _) ? EntryFormat.Read(written.Payload).Count : -1;
            });
            var joined = 0;
            while (joined < 500 && TryAdd(batch, (ulong)joined)) joined++;
            Assert.Equal(joined, await taken);
            if (joined == 500) whole++;
            else cut++;
        }

        Assert.True(cut > 0, "no batch was taken while entries came");
        output.WriteLine($"{cut} of {Trials} batches were taken while entries came, {whole} afterwards");
    }

    private static bool TryAdd(OpenBatch batch, ulong number)
    {
        var (entry, bytes) = (new Opened(LedgerBench.Now, number), new BytesWriter());
        EntryFormat.Add(bytes, entry);
        return batch.TryAdd([entry], bytes.Written, [], Known);
    }

    private static (OpenBatch First, OpenBatch Second, OpenBatch Third) Chain()
    {
        var first = new OpenBatch(1, Guid.NewGuid(), [], null);
        var second = new OpenBatch(2, Guid.NewGuid(), [], first);
        var third = new OpenBatch(3, Guid.NewGuid(), [], second);
        foreach (var batch in (OpenBatch[])[first, second, third]) Assert.True(TryAdd(batch, 1));
        return (first, second, third);
    }
}
