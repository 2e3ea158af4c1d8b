using System.Threading.RateLimiting;

namespace Ticketing.ApiGateway.Auth;

/// <summary>
/// Where passwords pass on their way to be hashed, address by address: a crowd from one address waits for itself and not the others for it, and an address that
/// guesses is not let in for a while. Known and unknown e-mails are not told apart here.
/// </summary>
internal sealed class PasswordDoor : IDisposable
{
    /// <summary>So many addresses take some megabytes. Each has cost a hash to get in, so that only a crowd of machines gets there.</summary>
    private const int MostAddresses = 100_000;

    private readonly PasswordLimits limits;
    private readonly TimeProvider time;
    private readonly PartitionedRateLimiter<Address> queues;
    private readonly Dictionary<Address, (int Wrong, DateTimeOffset Since)> guesses = [];
    private readonly Lock gate = new();
    private long averageTicks;

    public PasswordDoor(GatewaySettings settings, TimeProvider time)
    {
        (limits, this.time) = (settings.Passwords, time);
        var options = new ConcurrencyLimiterOptions
        {
            PermitLimit = limits.AtOncePerAddress,
            QueueLimit = limits.WaitingPerAddress,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        queues = PartitionedRateLimiter.Create<Address, Address>(address => RateLimitPartition.GetConcurrencyLimiter(address, _ => options));
    }

    /// <summary>How long it takes until a full queue has gone, as things went of late.</summary>
    public TimeSpan QueueTime => new(Volatile.Read(ref averageTicks) * limits.WaitingPerAddress / limits.AtOncePerAddress);

    /// <summary>How long passwords of an address are not looked at; zero when they are.</summary>
    public TimeSpan Wait(Address address)
    {
        lock (gate)
        {
            if (!guesses.TryGetValue(address, out var made) || made.Wrong < limits.GuessesPerAddress)
                return TimeSpan.Zero;
            var wait = made.Since + limits.GuessWindow - time.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Counts a wrong password.</summary>
    public void AddGuess(Address address)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (guesses.Count >= MostAddresses)
                Tidy(now);
            guesses[address] = guesses.TryGetValue(address, out var made) && now - made.Since < limits.GuessWindow ? (made.Wrong + 1, made.Since) : (1, now);
        }
    }

    /// <summary>Does what needs a hash when it is this address's turn.</summary>
    /// <returns>Whether it was done; not when too many of this address wait already.</returns>
    public async ValueTask<bool> Pass(Address address, Func<Task> work, CancellationToken cancellation)
    {
        using var lease = await queues.AcquireAsync(address, cancellationToken: cancellation);
        if (!lease.IsAcquired)
            return false;
        var begun = time.GetTimestamp();
        await work();
        // A moving average; two that write at once lose one of many.
        var average = Volatile.Read(ref averageTicks);
        Volatile.Write(ref averageTicks, average + ((time.GetElapsedTime(begun).Ticks - average) / 8));
        return true;
    }

    public void Dispose() => queues.Dispose();

    private void Tidy(DateTimeOffset now)
    {
        foreach (var (address, made) in guesses)
        {
            if (now - made.Since >= limits.GuessWindow)
                guesses.Remove(address);
        }

        if (guesses.Count >= MostAddresses)
            guesses.Clear();
    }
}
