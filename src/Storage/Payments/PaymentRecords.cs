using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;

namespace Ticketing.Storage.Payments;

/// <summary>The payments' records over an engine.</summary>
internal sealed class PaymentRecords(IEngine engine) : IPaymentRecords
{
    public ValueTask<Page<PaymentRecord>> List(PageRequest page) =>
        engine.Page(Tables.Payments, page, one => one.Payment!, new Condition("deleted", Test.Equal, Cell.Of(0)));

    public ValueTask<PaymentId[]> Due(int shard, DateTimeOffset now, PaymentId? after, int limit) =>
        engine.Due(Tables.Payments, shard, now, after?.Value, limit, id => new PaymentId(id));

    public async ValueTask<int> CountPending(int shard)
    {
        var (count, after) = (0, default(PaymentId?));
        while (true)
        {
            var page = await Due(shard, DateTimeOffset.MaxValue, after, PageRequest.Most);
            count += page.Length;
            if (page.Length < PageRequest.Most) return count;
            after = page[^1];
        }
    }
}
