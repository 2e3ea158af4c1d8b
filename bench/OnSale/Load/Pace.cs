
namespace Ticketing.OnSale.Load;

/// <summary>Gives each request that is due a free connection, or has it wait for one.</summary>
internal sealed class Pace(Connection[] connections, Requests requests, Action<int, long> note)
{
    private readonly Stack<Connection> free = new(connections);
    private readonly Queue<(long Number, long Due)> waiting = new();
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private long answered;
    private long expected = long.MaxValue;

    /// <summary>A request is due.</summary>
    public void Begin(long number, long due)
    {
        Connection? connection;
        lock (gate)
        {
            if (!free.TryPop(out connection))
            {
                waiting.Enqueue((number, due));
                return;
            }
        }

        _ = Run(connection, number, due);
    }

    /// <summary>Ends when so many were answered; fails when a request did.</summary>
    public Task AllAnswered(long count)
    {
        lock (gate)
        {
            expected = count;
            if (answered == expected) done.TrySetResult();
        }

        return done.Task;
    }

    private async Task Run(Connection connection, long number, long due)
    {
        try
        {
            while (true)
            {
                note(await connection.Ask(requests(number, connection.Request)), due);
                lock (gate)
                {
                    if (++answered == expected) done.TrySetResult();
                    if (waiting.TryDequeue(out var next)) (number, due) = next;
                    else
                    {
                        free.Push(connection);
                        return;
                    }
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            done.TrySetException(e);
        }
    }
}
