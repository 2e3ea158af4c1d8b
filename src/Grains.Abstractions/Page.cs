namespace Ticketing.Grains.Abstractions;

/// <summary>Which part of a list is wanted. Lists are in insertion order, which is the order of ids.</summary>
/// <param name="After">The id of the last record of the page before; absent for the first page.</param>
/// <param name="Limit">How many records at most, 1 to <see cref="Most"/>.</param>
[GenerateSerializer, Immutable, Alias("PageRequest")]
public readonly record struct PageRequest([property: Id(0)] RecordId? After, [property: Id(1)] int Limit)
{
    /// <summary>The largest page, and the size of a page when none is named.</summary>
    public const int Most = 1000;

    /// <summary>The first page of the usual size.</summary>
    public static PageRequest First => new(null, Most);
}

/// <summary>A part of a list.</summary>
/// <typeparam name="T">The records.</typeparam>
/// <param name="Items">The records, in insertion order.</param>
/// <param name="Next">The id after which the next page begins; absent when this was the last.</param>
[GenerateSerializer, Immutable, Alias("Page`1")]
public sealed record Page<T>([property: Id(0)] T[] Items, [property: Id(1)] RecordId? Next);
