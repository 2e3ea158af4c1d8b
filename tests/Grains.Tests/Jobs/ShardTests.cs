using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Tests.Jobs;

public sealed class ShardTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void Payments_are_spread_evenly_though_other_records_take_every_other_id(int step)
    {
        const int Each = 1000;
        var shards = new int[PaymentState.Shards];
        for (uint i = 0; i < Each * PaymentState.Shards; i++) shards[PaymentState.ShardOf(new PaymentId(new RecordId(1, 77 + (i * (uint)step))))]++;
        Assert.All(shards, count => Assert.InRange(count, Each * 9 / 10, Each * 11 / 10));
    }
}
