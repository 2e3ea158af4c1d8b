using Orleans.Concurrency;

namespace Ticketing.OnSale.Serving;

/// <summary>A grain that does nothing: what a call costs.</summary>
[Alias("IEmptyGrain")]
public interface IEmptyGrain : IGrainWithStringKey
{
    /// <summary>Does nothing.</summary>
    [AlwaysInterleave, Alias("Call")]
    Task<bool> Call();
}

[GrainType("empty")]
internal sealed class EmptyGrain : IEmptyGrain
{
    private static readonly Task<bool> Yes = Task.FromResult(true);

    public Task<bool> Call() => Yes;
}
