using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Grains.Backups;

/// <remarks>
/// That it is being written is stored before the first byte is, and that it is complete after the last one was flushed: whatever happens in between leaves
/// a backup that is still due.
/// </remarks>
[GrainType("backup")]
internal sealed class BackupGrain(
    [PersistentState("backup")] IPersistentState<BackupState> state,
    IBackupFiles files,
    IBackupRecords records,
    TimeProvider time,
    IGrainContext context,
    ILogger<BackupGrain> log,
    Rounds? rounds = null) : IBackupGrain, IGrainBase
{
    /// <summary>Below the hour for which the job waits for this grain.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(50);

    private readonly Departure departure = new();

    public IGrainContext GrainContext => context;

    private BackupId Id => BackupId.Parse(this.GetPrimaryKeyString());

    private CancellationToken Ending => rounds?.Ending ?? CancellationToken.None;

    public async Task<Answer<BackupRecord>> Create(BackupService service, DateTimeOffset createdAt)
    {
        if (state.State.Backup is { } existing) return state.State.IsDeleted ? Refusal.NoSuchBackup : existing;
        var asked = BackupRules.Asked(Id, service, createdAt, time.GetUtcNow());
        return await Store(asked) ? asked.Backup! : default(Answer<BackupRecord>);
    }

    public async ValueTask<Answer<BackupRecord>> Read() => await records.Find(Id) is { } backup ? backup : Refusal.NoSuchBackup;

    public async Task<bool> Process()
    {
        if (!state.State.MustWrite(time.GetUtcNow())) return state.State.NextAt is null;
        if (state.State.IsSpent()) return await Fail(null);
        if (!await Store(state.State.Claimed())) return false;

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, Ending);
        try
        {
            var seal = await files.Write(state.State.Backup!.File(), either.Token);
            return await Store(state.State.Written(seal, time.GetUtcNow()));
        }
        catch (OperationCanceledException) when (Ending.IsCancellationRequested)
        {
            await Store(state.State.Interrupted());
            return false;
        }
        catch (Exception exception)
        {
            if (state.State.IsSpent()) return await Fail(exception);
            Log.NotWritten(log, exception, Id, state.State.Attempts);
            return false;
        }
    }

    public async IAsyncEnumerable<BackupPage> Pages([EnumeratorCancellation] CancellationToken cancellation)
    {
        // The caller was told that it is completed, perhaps by another activation; the contents say themselves whether they are whole.
        if (await records.Find(Id) is not { Status: BackupStatus.Completed } backup) throw new InvalidDataException("the backup has no contents");
        await foreach (var page in files.Read(backup.File(), cancellation)) yield return page;
    }

    public async Task<Answer<BackupRecord>> Verify()
    {
        if (await records.Find(Id) is not { } backup) return Refusal.NoSuchBackup;
        if (backup.Status != BackupStatus.Completed) return Refusal.BackupNotCompleted;

        using var patience = new CancellationTokenSource(Patience, time);
        if (await files.Verify(backup.File(), backup.Seal(), patience.Token) is not { } fault) return backup;
        Log.Damaged(log, Id, fault);
        return Refusal.BackupDamaged;
    }

    public async Task<Answer<BackupRecord>> Delete()
    {
        if (state.State is not { IsDeleted: false, Backup: { } backup })
        {
            departure.Begin(this);
            return Refusal.NoSuchBackup;
        }

        if (!await Store(state.State.Deleted(time.GetUtcNow()))) return default;
        await Remove(backup);
        return backup;
    }

    public async Task Prune()
    {
        if (state.State is not { Backup: { } backup } || !state.State.HasEnded()) return;
        // The record goes last: as long as it is there, a file that could not be removed is tried again.
        if (await Remove(backup) && await state.TryClear(context, log)) this.DeactivateOnIdle();
    }

    private Task<bool> Store(BackupState next) => state.TryReplace(next, context, log);

    private async Task<bool> Fail(Exception? exception)
    {
        if (!await Store(state.State.Failed(time.GetUtcNow()))) return false;
        Log.Failed(log, exception, Id, state.State.Backup!.Service);
        return true;
    }

    private async Task<bool> Remove(BackupRecord backup)
    {
        try
        {
            await files.Delete(backup.File());
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(log, exception, backup.Id);
            return false;
        }
    }
}

/// <summary>What backups have to log.</summary>
internal static partial class Log
{
    [LoggerMessage(40, LogLevel.Debug, "Backup {BackupId} could not be written (attempt {Attempt}) and is tried again")]
    public static partial void NotWritten(ILogger log, Exception exception, BackupId backupId, int attempt);

    [LoggerMessage(41, LogLevel.Warning, "Backup {BackupId} of {Service} failed for good: it was tried too often, the last time in vain because")]
    public static partial void Failed(ILogger log, Exception? exception, BackupId backupId, BackupService service);

    [LoggerMessage(42, LogLevel.Warning, "Backup {BackupId} is damaged: {Fault}")]
    public static partial void Damaged(ILogger log, BackupId backupId, string fault);

    [LoggerMessage(43, LogLevel.Warning, "The file of backup {BackupId} could not be removed")]
    public static partial void NotRemoved(ILogger log, Exception exception, BackupId backupId);
}
