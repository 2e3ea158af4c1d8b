using System.Collections.Concurrent;
using System.Security.Cryptography;
using BCrypt.Net;
using static BCrypt.Net.BCrypt;

namespace Ticketing.Grains.Auth;

/// <summary>
/// Hashes passwords on threads of its own: a hash is meant to be slow, and neither grains nor requests wait for a processor that hashes.
/// The hash is bcrypt over SHA-384 of the password, because bcrypt alone ignores what follows the 72nd byte. One per process.
/// </summary>
public sealed class PasswordHasher : IDisposable
{
    /// <summary>What bcrypt writes its 23 bytes of digest with: 31 characters, 6 bits each, of which the last has 4 that count.</summary>
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int DigestLength = 31;

    private readonly BlockingCollection<Action> queue;
    private readonly int cost;
    private readonly string nobodysHash;

    /// <summary>Starts the threads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public PasswordHasher(AuthSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.PasswordCost, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.PasswordCost, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.HashingThreads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.HashingQueue, 1);
        cost = settings.PasswordCost;
        queue = new(settings.HashingQueue);
        // Of no password, but as slow to compare with as any other: a hash made here would cost every start a third of a second of a processor.
        nobodysHash = GenerateSalt(cost) + RandomNumberGenerator.GetString(Alphabet, DigestLength);
        for (var number = 1; number <= settings.HashingThreads; number++)
        {
            new Thread(Work) { Name = $"password hashing {number}", IsBackground = true, Priority = ThreadPriority.BelowNormal }.Start();
        }
    }

    /// <summary>Hashes a password, with a salt of its own.</summary>
    /// <returns>The hash, or nothing when too many passwords wait already.</returns>
    public Task<string?> Hash(string password) => Enqueue<string?>(() => EnhancedHashPassword(password, cost));

    /// <summary>Compares a password with a hash.</summary>
    /// <param name="password">What the person typed.</param>
    /// <param name="hash">The account's hash; absent for an account that does not exist, which takes as long and never matches.</param>
    /// <returns>Whether they belong together, or nothing when too many passwords wait already.</returns>
    public Task<bool?> Matches(string password, string? hash) =>
        Enqueue<bool?>(() => EnhancedVerify(password, hash ?? nobodysHash, HashType.SHA384) && hash is not null);

    /// <summary>Lets the threads end after what waits already.</summary>
    public void Dispose() => queue.CompleteAdding();

    private Task<T?> Enqueue<T>(Func<T> hashing)
    {
        // The caller goes on elsewhere: not on a thread that is there to hash.
        var done = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var accepted = !queue.IsAddingCompleted && queue.TryAdd(() =>
        {
            try
            {
                done.SetResult(hashing());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return accepted ? done.Task : Task.FromResult<T?>(default);
    }

    private void Work()
    {
        foreach (var hashing in queue.GetConsumingEnumerable()) hashing();
    }
}
