using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Simulation.Tests.Runtime;
using Ticketing.Storage;

namespace Ticketing.Simulation.Tests;

/// <summary>Starts a job's shard when it has its first record, as every silo's start does for all of them.</summary>
internal sealed class Jobs
{
    private readonly World world;
    private readonly Turns turns;
    private readonly GrainClient grains;
    private readonly HashSet<(string Table, long Shard)> started = [];
    private int payments;
    private int notifications;

    public Jobs(World world)
    {
        this.world = world;
        turns = new(world.Scheduler, "starter", null);
        grains = new(world, turns);
    }

    /// <summary>Looks for new shards.</summary>
    public void Begin()
    {
        Look(Tables.Payments, ref payments, shard => grains.GetGrain<IPaymentRunGrain>(shard).Start());
        Look(Tables.Notifications, ref notifications, shard => grains.GetGrain<INotificationRunGrain>(shard).Start());
    }

    /// <summary>Starts all of them again, as a silo does that starts.</summary>
    public void StartAgain()
    {
        started.Clear();
        (payments, notifications) = (0, 0);
    }

    private void Look(RecordTable table, ref int known, Func<long, Task> start)
    {
        var count = world.Store.Count(table);
        if (count == known) return;
        known = count;
        var column = table.Columns.ToList().FindIndex(one => one.Name == "shard");
        foreach (var row in world.Store.Rows(table))
        {
            var shard = row.Members[column].Number;
            if (started.Add((table.Name, shard))) turns.Post(() => _ = Start(() => start(shard)));
        }
    }

    private static async Task Start(Func<Task> start)
    {
        while (true)
        {
            try
            {
                await start();
                return;
            }
            catch (Exception e) when (e is TimeoutException or OrleansException)
            {
                // Asked again, as a silo that starts does.
            }
        }
    }
}
