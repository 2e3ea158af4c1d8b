namespace Ticketing.Grains.Abstractions;

/// <summary>The currencies a buyer may name (contract.md 7.2).</summary>
[GenerateSerializer]
public enum Currency
{
    /// <summary>Euro.</summary>
    Eur = 1,

    /// <summary>United States dollar.</summary>
    Usd = 2,
}

/// <summary>An amount of money: an integer of whole currency units with its currency (contract.md 6.1). Never a fraction.</summary>
/// <param name="Amount">Whole units of the currency, 0 to 4,294,967,295.</param>
/// <param name="Currency">The currency.</param>
[GenerateSerializer, Immutable, Alias("Money")]
public readonly record struct Money([property: Id(0)] uint Amount, [property: Id(1)] Currency Currency)
{
    /// <summary>The amount and the currency's contract spelling: <c>25 Eur</c>.</summary>
    public override string ToString() => $"{Amount} {Currency}";
}
