using System.Numerics;

namespace Ticketing.Grains.Abstractions.Events;

/// <summary>
/// A set of operations in two to four bytes each that errs to one side: it says of each that is in it that it may be, and of less than one in a hundred others too (Bloom 1970,
/// https://doi.org/10.1145/362686.362692). Ids are hashes or random already, so their own bits say where to look. Filled by one thread, before others read it.
/// </summary>
public sealed class OperationFilter
{
    private const int BitsEach = 16;
    private const int Looks = 4;

    private readonly ulong[] words;

    /// <summary>Makes an empty one.</summary>
    /// <param name="count">For how many operations.</param>
    public OperationFilter(int count) => words = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, ((long)count * BitsEach + 63) / 64))];

    /// <summary>Adds an operation.</summary>
    public void Add(OperationId operation)
    {
        for (var look = 0UL; look < Looks; look++)
        {
            var (word, bit) = Place(operation, look);
            words[word] |= bit;
        }
    }

    /// <summary>Whether an operation may have been added: false is certain.</summary>
    public bool MayHave(OperationId operation)
    {
        for (var look = 0UL; look < Looks; look++)
        {
            var (word, bit) = Place(operation, look);
            if ((words[word] & bit) == 0) return false;
        }

        return true;
    }

    private (int Word, ulong Bit) Place(OperationId operation, ulong look)
    {
        var hash = unchecked(operation.Low + (look * (operation.High | 1)));
        return ((int)((hash >> 6) & (ulong)(words.Length - 1)), 1UL << (int)(hash & 63));
    }
}
