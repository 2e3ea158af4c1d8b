using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Grains.Payments;

[GrainType("payment-list"), StatelessWorker]
internal sealed class PaymentListGrain(IPaymentRecords payments, IGrainContext context) : IPaymentListGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public Task<Page<PaymentRecord>> List(PageRequest page) => payments.List(page).AsTask();
}
