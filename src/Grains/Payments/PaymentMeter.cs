using System.Diagnostics.Metrics;

namespace Ticketing.Grains.Payments;

/// <summary>What payments show of themselves.</summary>
internal sealed class PaymentMeter
{
    private readonly int[] pending = new int[PaymentState.Shards];

    public PaymentMeter(IMeterFactory meters) => meters.Create(Meters.Name).CreateObservableGauge(
        "ticketing.payments.pending", () => pending.Sum(), "{payment}", "Payments that the last round of the job left unsettled, or settled and not told to their event, in the shards of this process");

    /// <summary>Notes what a round left over.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="count">How many payments; 0 also when another process has the shard from now on.</param>
    public void Note(int shard, int count) => Volatile.Write(ref pending[shard], count);
}
