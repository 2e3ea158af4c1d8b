using Ticketing.Grains.Events;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Events;

/// <summary>Random lives of events, against the model and against their own replay.</summary>
public sealed class SaleSequenceTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_commands_are_answered_and_leave_seats_and_standings_as_the_model_says() => EachHistory(2_000, (history, random) =>
    {
        history.Live(random.Next(50, 250));
    });

    [Fact]
    public void A_snapshot_and_its_tail_give_the_very_bytes_that_all_entries_give() => EachHistory(300, (history, random) =>
    {
        history.Live(random.Next(0, 150));
        var (snapshot, before) = (history.Sale.ToSnapshot(), history.Entries.Count);
        history.Live(random.Next(0, 150));
        var expected = history.Sale.ToSnapshot();

        Same("all entries", expected, Fold(new Sale(history.Key), history.Entries));
        Same("a snapshot and its tail", expected, Fold(Sale.FromSnapshot(history.Key, snapshot), history.Entries.Skip(before)));
        Same("a snapshot read and written", expected, Sale.FromSnapshot(history.Key, expected).ToSnapshot());
    });

    [Fact]
    public void A_sale_that_was_read_from_a_snapshot_decides_as_before() => EachHistory(300, (history, random) =>
    {
        for (var i = 0; i < 5; i++)
        {
            history.Live(random.Next(0, 50));
            history.Reopen();
        }

        Same("all entries", history.Sale.ToSnapshot(), Fold(new Sale(history.Key), history.Entries));
    });

    private void EachHistory(int count, Action<RandomHistory, Random> live)
    {
        var seed = Seed.Of(output);
        var random = new Random(seed);
        var entries = 0;
        for (var i = 0; i < count; i++)
        {
            try
            {
                var history = new RandomHistory(random);
                live(history, random);
                entries += history.Entries.Count;
            }
            catch (Exception e)
            {
                Assert.Fail($"{Seed.Hint(seed)}, history {i}: {e}");
            }
        }

        output.WriteLine($"{entries} entries");
    }

    /// <summary>The bytes of a sale after entries that went through the journal's format.</summary>
    private static byte[] Fold(Sale sale, IEnumerable<Entry> entries)
    {
        foreach (var batch in entries.Chunk(7))
            foreach (var entry in EntryFormat.Read(EntryFormat.Write(batch))) sale.Apply(entry);
        return sale.ToSnapshot();
    }

    private static void Same(string what, byte[] expected, byte[] actual)
    {
        if (!actual.AsSpan().SequenceEqual(expected)) throw new InvalidOperationException($"{what} gave other bytes");
    }
}
