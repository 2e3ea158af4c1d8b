namespace Ticketing.Grains.Events;

/// <summary>A list that only grows, in arrays of one size: room that nobody uses is at most one of them, and items stay where they are.</summary>
internal sealed class Chunks<T>
{
    private const int Size = 32;

    private readonly List<T[]> chunks = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref chunks[index / Size][index % Size];

    public void Add(T item)
    {
        if (Count == chunks.Count * Size) chunks.Add(new T[Size]);
        this[Count++] = item;
    }
}
