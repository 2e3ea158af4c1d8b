using Ticketing.Grains.Events;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Events;

/// <summary>The index that finds tickets: a dictionary that keeps no keys.</summary>
public sealed class PositionIndexTests(ITestOutputHelper output)
{
    [Fact]
    public void An_index_without_items_finds_and_removes_nothing()
    {
        var index = new Index<uint>(_ => throw new InvalidOperationException("no item is looked at"));

        Assert.False(index.Contains(7));
        Assert.False(index.Remove(7, out _));
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void A_key_is_added_once_and_positions_below_zero_are_positions_too()
    {
        Dictionary<int, uint> keys = new() { [0] = 10, [~0] = 11, [int.MaxValue - 1] = 12, [int.MinValue] = 13 };
        var index = new Index<uint>(at => keys[at]);

        foreach (var (position, key) in keys) Assert.True(index.TryAdd(key, position));
        foreach (var (position, key) in keys)
        {
            Assert.False(index.TryAdd(key, 5));
            Assert.True(index.TryFind(key, out var found));
            Assert.Equal(position, found);
        }

        Assert.Equal(4, index.Count);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_long_random_life_is_that_of_a_dictionary(int size)
    {
        var seed = Seed.Of(output);
        var random = new Random(seed);
        // Keys of which many have one hash, so that they are in each other's way.
        var keys = Enumerable.Range(0, size).Select(i => new Crowded((uint)i, i % 7 == 0 ? 1 : i)).ToArray();
        var (index, model) = (new Index<Crowded>(at => keys[at]), new Dictionary<Crowded, int>());
        for (var step = 0; step < 20 * size; step++)
        {
            var position = random.Next(size);
            var key = keys[position];
            // Times of growth and times of shrinking.
            if (random.Next(10) < (step / size % 2 == 0 ? 7 : 3)) Assert.True(index.TryAdd(key, position) == model.TryAdd(key, position), Seed.Hint(seed));
            else Assert.True(index.Remove(key, out _) == model.Remove(key), Seed.Hint(seed));
            Assert.True(index.Count == model.Count, Seed.Hint(seed));
            if (step % size == 0) Compare();
        }

        Compare();

        void Compare()
        {
            foreach (var key in keys) Assert.True((index.TryFind(key, out var found) ? found : -1) == model.GetValueOrDefault(key, -1), Seed.Hint(seed));
        }
    }

    [Fact]
    public void Fifty_thousand_items_in_chunks_are_where_they_were_put()
    {
        var chunks = new Chunks<int>();
        for (var i = 0; i < 50_000; i++) chunks.Add(i);
        ref var early = ref chunks[7];
        chunks.Add(50_000);
        early = -7;

        Assert.Equal(50_001, chunks.Count);
        Assert.Equal(-7, chunks[7]);
        Assert.All(Enumerable.Range(8, 49_993), i => Assert.Equal(i, chunks[i]));
    }

    private readonly record struct Crowded(uint Number, int Hash)
    {
        public override int GetHashCode() => Hash;
    }

    private sealed class Index<TKey>(Func<int, TKey> keyAt) : PositionIndex<TKey>
        where TKey : struct, IEquatable<TKey>
    {
        protected override TKey KeyAt(int position) => keyAt(position);
    }
}
