using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;

namespace Ticketing.Grains.Payments;

[GrainType("payment-run")]
internal sealed class PaymentRunGrain : IPaymentRunGrain, IGrainBase, IRemindable
{
    private const int AtOnce = 32;
    private readonly IPaymentRecords payments;
    private readonly IGrainFactory grains;
    private readonly PaymentMeter meter;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Rounds rounds;
    private readonly Rhythm rhythm;

    public PaymentRunGrain(
        IPaymentRecords payments,
        IGrainFactory grains,
        PaymentSettings settings,
        PaymentMeter meter,
        TimeProvider time,
        IGrainContext context,
        ILogger<PaymentRunGrain> log,
        Rounds? rounds = null)
    {
        (this.payments, this.grains, this.meter, this.time, this.log, GrainContext) = (payments, grains, meter, time, log, context);
        this.rounds = rounds ?? new();
        rhythm = new(this, settings.Period, Run, this.rounds, log);
    }

    public IGrainContext GrainContext { get; }

    private int Shard => (int)this.GetPrimaryKeyLong();

    public Task Start() => rhythm.Start();

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        rhythm.Resume();
        return Task.CompletedTask;
    }

    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        meter.Note(Shard, 0);
        return Task.CompletedTask;
    }

    public async Task Run()
    {
        var now = time.GetUtcNow();
        await Round.Pages<PaymentId>(after => payments.Due(Shard, now, after, Round.PageSize), Settle, rounds.Ending);
        if (!rounds.Ending.IsCancellationRequested) meter.Note(Shard, await payments.CountPending(Shard));
    }

    private async Task Settle(PaymentId[] page)
    {
        var settled = new List<SettledPayment>();
        await Round.Each(page, AtOnce, async id =>
        {
            if (await Payment(id).Settle() is { } payment) settled.Add(payment);
        }, log, rounds.Ending);

        // An event is told of all its payments in one call, which it answers with one durable append.
        await Round.Each([.. settled.GroupBy(payment => payment.EventId)], AtOnce, Tell, log, rounds.Ending);
    }

    private async Task Tell(IGrouping<EventKey, SettledPayment> payments)
    {
        if (!await grains.GetGrain<IEventGrain>(payments.Key.ToString()).Settle([.. payments])) return;
        await Round.Each([.. payments], AtOnce, payment => Payment(payment.PaymentId).Told(), log, rounds.Ending);
    }

    private IPaymentGrain Payment(PaymentId id) => grains.GetGrain<IPaymentGrain>(id.ToString());
}
