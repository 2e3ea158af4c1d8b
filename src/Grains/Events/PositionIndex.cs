using System.Numerics;

namespace Ticketing.Grains.Events;

/// <summary>
/// Finds where an item is by a key that the item itself holds: a hash table of positions alone, so that an item costs ten to twenty bytes in it. Positions are any numbers.
/// </summary>
internal abstract class PositionIndex<TKey>
    where TKey : struct, IEquatable<TKey>
{
    private int[] positions = [];
    // A piece of the hash of what is in a slot, 0 when it is empty: most items that are not looked for are passed without a look at them, which are somewhere else in memory.
    // What is not at its home slot is in one of those that follow it, with none empty between.
    private byte[] tags = [];

    public int Count { get; private set; }

    public bool Contains(TKey key) => TryFind(key, out _);

    public bool TryFind(TKey key, out int position)
    {
        position = 0;
        if (Count == 0) return false;
        var slot = SlotOf(key, HashOf(key));
        position = positions[slot];
        return tags[slot] != 0;
    }

    /// <summary>Adds an item, unless there is one with its key.</summary>
    public bool TryAdd(TKey key, int position)
    {
        EnsureRoom(Count + 1);
        var hash = HashOf(key);
        var slot = SlotOf(key, hash);
        if (tags[slot] != 0) return false;
        (tags[slot], positions[slot]) = (TagOf(hash), position);
        Count++;
        return true;
    }

    public bool Remove(TKey key, out int position)
    {
        if (!TryFind(key, out position)) return false;
        var gap = SlotOf(key, HashOf(key));
        // Whoever passed the gap on the way from home moves up: a search ends at an empty slot.
        for (var slot = After(gap); tags[slot] != 0; slot = After(slot))
        {
            if (Steps(HomeOf(HashOf(KeyAt(positions[slot]))), slot) < Steps(gap, slot)) continue;
            (tags[gap], positions[gap]) = (tags[slot], positions[slot]);
            gap = slot;
        }

        tags[gap] = 0;
        Count--;
        return true;
    }

    /// <summary>Makes room at once for as many items as there will be.</summary>
    public void EnsureRoom(int count)
    {
        if (count <= tags.Length / 2) return;
        var (oldTags, oldPositions) = (tags, positions);
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)count * 2);
        (tags, positions) = (new byte[size], new int[size]);
        for (var i = 0; i < oldTags.Length; i++)
        {
            if (oldTags[i] == 0) continue;
            var key = KeyAt(oldPositions[i]);
            var slot = SlotOf(key, HashOf(key));
            (tags[slot], positions[slot]) = (oldTags[i], oldPositions[i]);
        }
    }

    /// <summary>The key of the item at a position. It changes only while the item is not in here.</summary>
    protected abstract TKey KeyAt(int position);

    /// <summary>The slot that has the key, or the empty one that ends the search for it.</summary>
    private int SlotOf(TKey key, int hash)
    {
        var (slot, tag) = (HomeOf(hash), TagOf(hash));
        while (tags[slot] != 0 && (tags[slot] != tag || !KeyAt(positions[slot]).Equals(key))) slot = After(slot);
        return slot;
    }

    /// <summary>
    /// A hash of the key with a seed of this process's own, so that nobody can choose keys that meet in one place. Where an item is in here shows nowhere.
    /// </summary>
    protected virtual int HashOf(TKey key) => HashCode.Combine(key);

    private static byte TagOf(int hash) => (byte)((hash >>> 25) + 1);

    private int HomeOf(int hash) => hash & (tags.Length - 1);

    private int After(int slot) => (slot + 1) & (tags.Length - 1);

    private int Steps(int from, int to) => (to - from) & (tags.Length - 1);
}
