using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;
using Ticketing.Simulation.Tests.Runtime;

namespace Ticketing.Simulation.Tests.Outside;

/// <summary>A payment provider that keeps its promise, each effect once per payment id, and answers late, twice or never.</summary>
internal sealed class Bank(World world)
{
    private readonly Dictionary<PaymentId, Account> accounts = [];

    /// <summary>What became of each payment that it heard of.</summary>
    public IReadOnlyDictionary<PaymentId, Account> Accounts => accounts;

    private World World => world;

    /// <summary>The bank, as a silo talks to it.</summary>
    public IPaymentProvider For(SimulatedSilo silo) => new Counter(this, silo);

    private ChargeStatus Take(Charge charge)
    {
        var account = Of(charge);
        if (account.Taken > 0) return ChargeStatus.Taken;
        if (account.IsVoid) return ChargeStatus.Declined;
        if (account.Declines) return ChargeStatus.Declined;
        if (world.Chaos.BankPonders()) return ChargeStatus.Processing;
        account.Taken++;
        return ChargeStatus.Taken;
    }

    private ReturnStatus Return(Charge charge)
    {
        var account = Of(charge);
        if (world.Chaos.BankPonders()) return ReturnStatus.Processing;
        if (account.Taken == 0 || account.IsVoid)
        {
            account.IsVoid = true;
            return account.Returned > 0 ? ReturnStatus.Returned : ReturnStatus.Voided;
        }

        account.IsVoid = true;
        account.Returned++;
        return ReturnStatus.Returned;
    }

    private Account Of(Charge charge)
    {
        if (accounts.TryGetValue(charge.PaymentId, out var account)) return account;
        return accounts[charge.PaymentId] = new() { Declines = charge.CardToken == "poor", Amount = charge.Money.Amount };
    }

    /// <summary>One payment, as the bank knows it.</summary>
    internal sealed class Account
    {
        public uint Amount { get; init; }

        public bool Declines { get; init; }

        public int Taken { get; set; }

        public int Returned { get; set; }

        public bool IsVoid { get; set; }
    }

    private sealed class Counter(Bank bank, SimulatedSilo silo) : IPaymentProvider
    {
        public ValueTask<string> Tokenise(CardDetails card, CancellationToken cancellation)
        {
            var token = card.Holder == "poor" ? "poor" : "rich";
            return bank.World.Scheduler.OneIn(2) ? new(token) : new(Ask("tokenise", () => token));
        }

        public Task<ChargeStatus> Take(Charge charge, CancellationToken cancellation) => Ask("take", () => bank.Take(charge));

        public Task<ReturnStatus> Return(Charge charge, CancellationToken cancellation) => Ask("return", () => bank.Return(charge));

        private Task<T> Ask<T>(string what, Func<T> effect)
        {
            var done = new TaskCompletionSource<T>();
            var fault = bank.World.Chaos.OfBank();
            if (fault == BankFault.Deaf) return done.Task;
            bank.World.Scheduler.Later($"the bank is asked to {what}", null, () =>
            {
                var answer = effect();
                if (fault == BankFault.Twice) answer = effect();
                if (fault == BankFault.AnswerLost) return;
                if (fault == BankFault.Error) bank.World.Scheduler.Later("the bank's error", silo, () => done.TrySetException(new HttpRequestException("the bank is out of order")));
                else bank.World.Scheduler.Later($"the bank answers {what}", silo, () => done.TrySetResult(answer));
            });
            return done.Task;
        }
    }
}
