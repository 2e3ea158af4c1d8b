using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Backups;

namespace Ticketing.Grains.Tests.Backups;

/// <summary>What the next writing of a backup comes to.</summary>
internal enum Mishap
{
    /// <summary>It fails, as on a full disk.</summary>
    Fails,

    /// <summary>It does not end until the test lets it, or until it is called off.</summary>
    Waits,

    /// <summary>It does not end, whatever is said to it, as in a process that is killed.</summary>
    Hangs,
}

/// <summary>The backups' contents in memory, for all silos. Fails, waits and hangs as a test says, and notes what was asked of it.</summary>
internal sealed class ScriptedFiles : IBackupFiles
{
    /// <summary>What the message of a failure made by a test contains.</summary>
    public const string OnPurpose = "on purpose";

    private readonly ConcurrentDictionary<BackupService, ConcurrentQueue<Mishap>> mishaps = new();
    private readonly ConcurrentDictionary<BackupId, TaskCompletionSource> begun = new();
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int writing;
    private int mostWriting;

    /// <summary>The writings that came to an end, in their order.</summary>
    public ConcurrentQueue<BackupFile> Written { get; } = new();

    /// <summary>The files that are there.</summary>
    public ConcurrentDictionary<BackupId, BackupFile> There { get; } = new();

    /// <summary>The files that are not what was written.</summary>
    public ConcurrentDictionary<BackupId, bool> Damaged { get; } = new();

    /// <summary>Whether files cannot be removed.</summary>
    public bool KeepsFiles { get; set; }

    /// <summary>How many pages a file has.</summary>
    public int PagesPerFile { get; set; } = 3;

    /// <summary>How many were written at the same time at most.</summary>
    public int MostAtOnce => Volatile.Read(ref mostWriting);

    public void Next(BackupService service, params Mishap[] what)
    {
        foreach (var one in what) mishaps.GetOrAdd(service, _ => new()).Enqueue(one);
    }

    /// <summary>Answers when writing a backup was begun.</summary>
    public Task Begun(BackupId id) => Beginning(id).Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Release() => release.TrySetResult();

    public async Task<BackupSeal> Write(BackupFile file, CancellationToken cancellation)
    {
        var now = Interlocked.Increment(ref writing);
        InterlockedMax(now);
        try
        {
            var mishap = mishaps.TryGetValue(file.Service, out var queue) && queue.TryDequeue(out var next) ? next : (Mishap?)null;
            Beginning(file.Id).TrySetResult();
            if (mishap == Mishap.Fails) throw new IOException($"no space left on the device, {OnPurpose}");
            if (mishap == Mishap.Waits) await release.Task.WaitAsync(cancellation);
            if (mishap == Mishap.Hangs) await Task.Delay(Timeout.Infinite, CancellationToken.None);
            There[file.Id] = file;
            Written.Enqueue(file);
            return new(PagesPerFile, 100, new string('a', 64));
        }
        finally
        {
            Interlocked.Decrement(ref writing);
        }
    }

    public async IAsyncEnumerable<BackupPage> Read(BackupFile file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!There.ContainsKey(file.Id)) throw new InvalidDataException($"the file is missing, {OnPurpose}");
        for (var page = 0; page < PagesPerFile; page++)
        {
            await Task.Yield();
            if (page == 1 && Damaged.ContainsKey(file.Id)) throw new InvalidDataException($"the file is damaged, {OnPurpose}");
            yield return new UserBackupPage([new(new UserId(new RecordId((ulong)page, 0)), "ada", "lovelace", $"{page}@example.org")]);
        }
    }

    public Task<string?> Verify(BackupFile file, BackupSeal seal, CancellationToken cancellation) =>
        Task.FromResult(There.ContainsKey(file.Id) && !Damaged.ContainsKey(file.Id) ? null : $"the file is damaged, {OnPurpose}");

    public Task Delete(BackupFile file)
    {
        if (KeepsFiles) throw new IOException($"a file that stays {OnPurpose}");
        There.TryRemove(file.Id, out _);
        return Task.CompletedTask;
    }

    private TaskCompletionSource Beginning(BackupId id) => begun.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private void InterlockedMax(int value)
    {
        for (var seen = mostWriting; value > seen; seen = mostWriting) Interlocked.CompareExchange(ref mostWriting, value, seen);
    }
}
