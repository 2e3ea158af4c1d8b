using Microsoft.Data.Sqlite;

namespace Ticketing.Storage.Sqlite;

/// <summary>Result codes of SQLite (https://www.sqlite.org/rescode.html) as lines for an operator.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>What is wrong, in one line that names the file.</summary>
    public static StorageException Explain(SqliteException e, string file) => new(
        e.SqliteErrorCode switch
        {
            Full => $"the disk that holds {file} is full",
            Busy => $"{file} is locked by another program",
            ReadOnly => $"{file} cannot be written",
            InputOutput => $"the disk that holds {file} reports an error (SQLite {e.SqliteExtendedErrorCode}); it may be full",
            Corrupt or NotADatabase => $"{file} is damaged or no database: restore it from a backup",
            CannotOpen => $"{file} cannot be opened",
            _ => $"{file}: SQLite error {e.SqliteExtendedErrorCode}",
        },
        e);
}
