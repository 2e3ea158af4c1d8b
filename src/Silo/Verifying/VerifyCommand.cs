using System.Runtime.InteropServices;
using Ticketing.ApiGateway;
using Ticketing.Clustering.Mongo;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.History;
using Ticketing.Silo.Moving;
using Ticketing.Storage;
using Ticketing.Storage.Verifying;

namespace Ticketing.Silo.Verifying;

/// <summary>
/// Checks sales: rebuilds each from its journal, or from an exported history, with code of its own, and says what holds and what does not. Writes nothing; a database may be
/// served meanwhile.
/// </summary>
public static class VerifyCommand
{
    private const int Wrong = 1;
    private const int Unchecked = 2;

    /// <summary>Runs it.</summary>
    /// <param name="arguments"><c>--event</c> with an id, or <c>--all</c>; and a database or a history, when it is not the configured database.</param>
    /// <param name="settings">Reads the settings, for the configured database.</param>
    /// <param name="output">Where progress and the report go.</param>
    /// <param name="errors">Where the one line goes that says why nothing could be checked.</param>
    /// <returns>0 when all holds, 1 when something does not, 2 when it could not be checked.</returns>
    public static async Task<int> Run(string[] arguments, Func<Settings> settings, TextWriter output, TextWriter errors)
    {
        using var interrupted = new CancellationTokenSource();
        using var ctrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        try
        {
            var asked = Asked.Read(arguments);
            var (table, counted) = asked.IsHistory
                ? await History(asked.Place!, output, interrupted.Token)
                : await Database(asked, asked.Place ?? Configured(settings()), output, interrupted.Token);
            VerifyReport.Write(output, table, counted);
            return table.Holds ? 0 : Wrong;
        }
        catch (Exception e) when (IsExpected(e))
        {
            var reason = e is OperationCanceledException ? "it was interrupted" : e.Message.ReplaceLineEndings("\n").Split('\n')[0];
            await errors.WriteLineAsync($"It could not be verified: {reason}");
            return Unchecked;
        }

        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Cancel();
        }
    }

    private static string Configured(Settings settings) => settings.Cluster is null ? settings.DataDirectory : Place.Variable;

    private static async Task<(CheckTable Table, string Counted)> Database(Asked asked, string name, TextWriter output, CancellationToken interrupted)
    {
        using var place = Place.Of("verify", name);
        await using var from = await place.Look();
        await output.WriteLineAsync($"{from.Name} is verified");
        await output.WriteLineAsync();
        var verification = new Verification(from, TimeProvider.System, output.WriteLine);
        await Task.Run(() => asked.Event is { } key ? verification.Event(key, interrupted) : verification.All(interrupted), interrupted);
        return (verification.Table, verification.Events == 1 ? "1 event" : $"{verification.Events:N0} events");
    }

    private static async Task<(CheckTable Table, string Counted)> History(string file, TextWriter output, CancellationToken interrupted)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await output.WriteLineAsync($"{file} is verified");
        var table = new CheckTable();
        var reader = new HistoryReader(table);
        var checker = new HistoryChecker(table);
        try
        {
            await foreach (var line in reader.Read(stream, interrupted)) checker.Add(line);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }

        checker.Finish();
        return (table, $"the history of {checker.Position:N0} facts");
    }

    private static bool IsExpected(Exception e) =>
        e is SettingsException or StorageException or DatabaseException or InvalidDataException or IOException or UnauthorizedAccessException or OperationCanceledException;

    /// <summary>A command line.</summary>
    private sealed record Asked(EventKey? Event, string? Place, bool IsHistory)
    {
        public static Asked Read(string[] arguments)
        {
            const string Usage = "verify needs --event <id> or --all, and takes a database or a history";
            EventKey? one = null;
            string? place = null;
            var all = false;
            for (var i = 0; i < arguments.Length; i++)
            {
                var (option, value) = arguments[i].StartsWith("--", StringComparison.Ordinal) && arguments[i].Split('=', 2) is [var name, var given] ? (name, given) : (arguments[i], null);
                if (option == "--event")
                {
                    value ??= ++i < arguments.Length ? arguments[i] : "";
                    one = RecordId.TryParse(value, out var id) ? new EventKey(id) : throw new SettingsException("--event needs the id of an event, 24 hexadecimal characters");
                }
                else if (option == "--all" && value is null)
                {
                    all = true;
                }
                else if (option.StartsWith('-') || place is not null)
                {
                    throw new SettingsException($"{Usage}; it does not know what '{(option.Contains("://", StringComparison.Ordinal) ? "that URL" : option)}' is");
                }
                else
                {
                    place = option;
                }
            }

            if (place is not null && IsHistoryFile(place)) return one is null ? new(null, place, true) : throw new SettingsException("a history is of one event: it takes no --event");
            if (one is null == all) return new(one, place, false);
            // A history that is not where it is looked for is no database that --all was forgotten for.
            var missing = one is null && place is not null && !place.Contains("://", StringComparison.Ordinal) && !Path.Exists(place);
            throw new SettingsException(missing ? $"there is no {place}, and {Usage}" : Usage);
        }

        /// <summary>Whether it is a file and no database (https://www.sqlite.org/fileformat.html).</summary>
        private static bool IsHistoryFile(string path)
        {
            if (!File.Exists(path)) return false;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> begin = stackalloc byte[16];
            return file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) < begin.Length || !begin.SequenceEqual("SQLite format 3\0"u8);
        }
    }
}
