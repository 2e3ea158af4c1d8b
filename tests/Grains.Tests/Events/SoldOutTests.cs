using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Events;

/// <summary>What is to be known to refuse a purchase without asking its event errs to one side: towards asking.</summary>
public sealed class SoldOutTests(ITestOutputHelper output)
{
    private const int Lives = 60;
    private const int Steps = 150;
    private const int Probes = 20;

    [Fact]
    public void Whoever_is_refused_without_asking_would_have_been_refused_by_the_sale_in_the_same_words()
    {
        var seed = Seed.Of(output);
        var (refused, asked, known) = (0, 0, 0);
        for (var life = 0; life < Lives; life++)
        {
            var luck = new Random(seed + life);
            var bench = new Bench();
            var tickets = new List<TicketRecord>();
            var operations = new List<Operation>();
            (SoldOut What, int Operations)? said = null;
            for (var step = 0; step < Steps; step++)
            {
                Step(bench, luck, tickets, operations);
                // It is told once, and told on for as long as it may be.
                if (!bench.Sale.IsSoldOut || said?.Operations != bench.Sale.OperationCount || bench.Now >= said?.What.Until) said = null;
                if (!bench.Sale.IsSoldOut) continue;
                said ??= (bench.Sale.DescribeSoldOut(() => refused++), bench.Sale.OperationCount);
                Probe(bench, said.Value.What, luck, operations);
            }
        }

        output.WriteLine($"{refused:N0} refused, {asked:N0} to ask, {known:N0} of them repeats");
        Assert.True(refused > 10_000 && asked > 1000 && known > 1000, "too little was tried");

        void Probe(Bench bench, SoldOut soldOut, Random luck, List<Operation> operations)
        {
            for (var probe = 0; probe < Probes; probe++)
            {
                var isKnown = luck.Next(5) == 0 && operations.Count > 0;
                var operation = isKnown ? operations[luck.Next(operations.Count)] : new(OperationId.New(), 1);
                var seat = (uint)luck.Next(0, 28);
                var now = bench.Now + (luck.Next(4) == 0 ? TimeSpan.FromMinutes(luck.Next(20)) : luck.Next(9) == 0 ? TimeSpan.FromDays(40) : TimeSpan.Zero);
                if (!soldOut.TryRefuse(operation.Id, seat, now))
                {
                    asked++;
                    if (isKnown) known++;
                    continue;
                }

                Assert.True(bench.Sale.CanAnswer(operation, seat, now, out var answer), "the sale could have sold");
                Assert.Equal(Refusal.SoldOut, answer.Refusal);
            }
        }
    }

    [Fact]
    public void The_filter_misses_none_and_takes_few_for_others()
    {
        const int Count = 50_000;
        var filter = new OperationFilter(Count);
        var ids = Enumerable.Range(0, Count).Select(_ => OperationId.New()).ToArray();
        foreach (var id in ids) filter.Add(id);

        Assert.All(ids, id => Assert.True(filter.MayHave(id)));
        Assert.InRange(Enumerable.Range(0, Count).Count(_ => filter.MayHave(OperationId.New())), 0, Count / 50);
        Assert.False(new OperationFilter(0).MayHave(OperationId.New()));
    }

    /// <summary>Something that happens to a sale that is nearly always sold out.</summary>
    private static void Step(Bench bench, Random luck, List<TicketRecord> tickets, List<Operation> operations)
    {
        switch (tickets.Count == 0 ? 0 : luck.Next(12))
        {
            case 1: bench.Settle(Any()); break;
            case 2: bench.Settle(Any(), succeeded: false); break;
            case 3: bench.End(Any(), TicketStatus.Cancelled, Keep()); break;
            case 4: bench.Move(Any(), (uint)luck.Next(1, 26), Keep()); break;
            case 5: bench.Allot(luck.Next(-3, 4), Keep()); break;
            case 6: bench.Activate(Any(), Keep()); break;
            case 7: bench.Now += TimeSpan.FromMinutes(luck.Next(4)); break;
            case 8: bench.Tidy(); break;
            case 9 when luck.Next(4) == 0: bench.Update(bench.Details with { Date = Bench.Start.AddDays(luck.Next(20, 50)), Capacity = 25 }, 0, Keep()); break;
            case 10 when luck.Next(30) == 0: bench.Delete(Keep()); break;
            default:
                for (var seat = 1U; seat <= 25; seat++)
                {
                    if (bench.Buy(bench.Purchase(seat, operation: Keep())) is { IsDone: true } bought) tickets.Add(bought.Value);
                }

                break;
        }

        TicketRecord Any() => tickets[luck.Next(tickets.Count)];

        Operation Keep()
        {
            // As callers' keys give them: hashes.
            operations.Add(new(OperationId.New(), 1));
            return operations[^1];
        }
    }
}
