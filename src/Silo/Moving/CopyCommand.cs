using System.Runtime.InteropServices;
using Ticketing.ApiGateway;
using Ticketing.Clustering.Mongo;
using Ticketing.Storage;
using Ticketing.Storage.Moving;

namespace Ticketing.Silo.Moving;

/// <summary>
/// Moves an installation to another database, of the same engine or of the other. The source is not in use meanwhile and stays as it is; the target is empty, and serves
/// nobody before the copy is proven.
/// </summary>
internal static class CopyCommand
{
    /// <summary>Runs it.</summary>
    /// <param name="arguments"><c>--from</c> and <c>--to</c> with a database each.</param>
    /// <param name="output">Where progress and the report go.</param>
    /// <param name="errors">Where the one line goes that says why nothing was copied.</param>
    /// <returns>0, or 1 when nothing was copied.</returns>
    public static async Task<int> Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        using var interrupted = new CancellationTokenSource();
        using var ctrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        string? leftBehind = null;
        try
        {
            var (source, target) = Place.Pair(arguments);
            using (source)
            using (target)
            {
                await using var from = await source.Read(TimeProvider.System);
                await using var to = await target.Fill(TimeProvider.System);
                leftBehind = to.LeftBehind;
                await output.WriteLineAsync($"{from.Name} is copied to {to.Name}");
                await output.WriteLineAsync();
                var move = new Move(from, to, TimeProvider.System, output.WriteLine);
                var findings = await Task.Run(() => Carry(move, output, interrupted.Token), interrupted.Token);
                CopyReport.Write(output, findings);
                if (findings.Problem is { } problem) throw new InvalidDataException(problem);
                interrupted.Token.ThrowIfCancellationRequested();
                await move.Complete();
                CopyReport.WriteNext(output, source, target);
            }

            return 0;
        }
        catch (Exception e) when (IsExpected(e))
        {
            var reason = e is OperationCanceledException ? "it was interrupted" : e.Message.ReplaceLineEndings("\n").Split('\n')[0];
            await errors.WriteLineAsync($"Nothing was copied: {reason}{(leftBehind is null ? "" : $"; {leftBehind}")}");
            return 1;
        }

        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Cancel();
        }
    }

    private static async Task<Findings> Carry(Move move, TextWriter output, CancellationToken interrupted)
    {
        await move.Copy(interrupted);
        await output.WriteLineAsync();
        await output.WriteLineAsync("Both sides are read back and compared:");
        await output.WriteLineAsync();
        return await move.Compare(interrupted);
    }

    private static bool IsExpected(Exception e) =>
        e is SettingsException or StorageException or DatabaseException or InvalidDataException or IOException or UnauthorizedAccessException or OperationCanceledException;
}
