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
}
