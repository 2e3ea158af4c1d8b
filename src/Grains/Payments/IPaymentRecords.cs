using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Grains.Payments;

/// <summary>The payments' records, answered by storage.</summary>
public interface IPaymentRecords
{
    /// <summary>All payments that were not deleted.</summary>
    ValueTask<Page<PaymentRecord>> List(PageRequest page);

    /// <summary>The payments of a shard that the job must look at by now, in the order of ids.</summary>
    /// <param name="shard">The shard, see <see cref="PaymentState.ShardOf"/>.</param>
    /// <param name="now">Those whose <see cref="PaymentState.NextAt"/> is not after this.</param>
    /// <param name="after">Where the last look ended; absent for the beginning.</param>
    /// <param name="limit">How many at most.</param>
    ValueTask<PaymentId[]> Due(int shard, DateTimeOffset now, PaymentId? after, int limit);

    /// <summary>How many payments of a shard the job is not done with, due or not.</summary>
    /// <param name="shard">The shard, see <see cref="PaymentState.ShardOf"/>.</param>
    ValueTask<int> CountPending(int shard);
}
