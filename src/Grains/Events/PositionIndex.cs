namespace Ticketing.Grains.Events;

/// <summary>
/// Finds where an item is by a key that the item itself holds: a hash table of positions alone, so that an item costs six to twelve bytes in it. Positions are any numbers.
/// </summary>
/// <param name="keyAt">The key of the item at a position. An item's key changes only while the item is not in here.</param>
internal sealed class PositionIndex<TKey>(Func<int, TKey> keyAt)
    where TKey : struct, IEquatable<TKey>
{
    // 0 is empty. What is not at its home slot is in one of those that follow it, with none empty between.
    private int[] slots = [];

    public int Count { get; private set; }

    public bool Contains(TKey key) => TryFind(key, out _);

    public bool TryFind(TKey key, out int position)
    {
        var taken = Count == 0 ? 0 : slots[SlotOf(key)];
        position = PositionOf(taken);
        return taken != 0;
    }

    /// <summary>Adds an item, unless there is one with its key.</summary>
    public bool TryAdd(TKey key, int position)
    {
        EnsureRoom(Count + 1);
        var slot = SlotOf(key);
        if (slots[slot] != 0) return false;
        slots[slot] = position < 0 ? position : position + 1;
        Count++;
        return true;
    }

    public bool Remove(TKey key, out int position)
    {
        if (!TryFind(key, out position)) return false;
        var gap = SlotOf(key);
        // Whoever passed the gap on the way from home moves up: a search ends at an empty slot.
        for (var slot = After(gap); slots[slot] != 0; slot = After(slot))
        {
            if (Steps(HomeOf(keyAt(PositionOf(slots[slot]))), slot) < Steps(gap, slot)) continue;
            slots[gap] = slots[slot];
            gap = slot;
        }

        slots[gap] = 0;
        Count--;
        return true;
    }

    /// <summary>Makes room at once for as many items as there will be.</summary>
    public void EnsureRoom(int count)
    {
        if (count * 3L <= slots.Length * 2L) return;
        var before = slots;
        slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, (count * 3L / 2) + 1))];
        foreach (var taken in before)
        {
            if (taken != 0) slots[SlotOf(keyAt(PositionOf(taken)))] = taken;
        }
    }

    private static int PositionOf(int taken) => taken < 0 ? taken : taken - 1;

    /// <summary>The slot that has the key, or the empty one that ends the search for it.</summary>
    private int SlotOf(TKey key)
    {
        var slot = HomeOf(key);
        while (slots[slot] is not 0 and var taken && !keyAt(PositionOf(taken)).Equals(key)) slot = After(slot);
        return slot;
    }

    // The runtime's hash has a seed of its own in each process: nobody can choose ids that meet in one place. Where an item is in here shows nowhere.
    private int HomeOf(TKey key) => HashCode.Combine(key) & (slots.Length - 1);

    private int After(int slot) => (slot + 1) & (slots.Length - 1);

    private int Steps(int from, int to) => (to - from) & (slots.Length - 1);
}
