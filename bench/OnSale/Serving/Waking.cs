using System.Diagnostics;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.OnSale.Serving;

/// <summary>Sends events to sleep and wakes them.</summary>
internal static class Waking
{
    private const uint NoSeat = uint.MaxValue;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends every event that nobody calls to sleep.</summary>
    /// <returns>How many are still awake.</returns>
    public static async Task<int> Sleep(WebApplication app)
    {
        var management = app.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            await management.ForceActivationCollection(TimeSpan.Zero);
            var awake = (await management.GetSimpleGrainStatistics()).Where(one => one.GrainType.Contains("EventGrain", StringComparison.Ordinal)).Sum(one => one.ActivationCount);
            if (awake == 0 || Stopwatch.GetElapsedTime(began) > Patience) return awake;
        }
    }

    /// <summary>Wakes an event by asking for a seat that it does not have.</summary>
    /// <returns>How long it took to be told so, in milliseconds.</returns>
    public static async Task<double> Wake(WebApplication app, string id)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var purchase = new Purchase(new(OperationId.New(), 1), UserId.New(time.GetUtcNow()), NoSeat, Currency.Eur, Sale.Card);
        var grain = app.Services.GetRequiredService<IGrainFactory>().GetGrain<IEventGrain>(id);
        var began = Stopwatch.GetTimestamp();
        var answer = await grain.Buy(purchase);
        var took = Stopwatch.GetElapsedTime(began);
        return answer.Refusal == Refusal.SeatBeyondCapacity ? took.TotalMilliseconds : throw new BrokenState($"a seat that is none was answered {answer}");
    }
}
