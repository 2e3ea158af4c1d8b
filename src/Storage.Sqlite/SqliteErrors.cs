using Microsoft.Data.Sqlite;

namespace Ticketing.Storage.Sqlite;

/// <summary>Result codes of SQLite (https://www.sqlite.org/rescode.html) as lines for an operator.</summary>
internal static class SqliteErrors
{
    /// <summary>What an operator does about a damaged database.</summary>
    public const string WayBack = "move it and the files beside it whose names begin with its name away, then restore the last backup with \"restore <directory>\"";

    private const int Error = 1;
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int ShortRead = 522;
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
            InputOutput when e.SqliteExtendedErrorCode == ShortRead => Damage(file, "it ends too early"),
            InputOutput => $"the disk that holds {file} reports an error (SQLite {e.SqliteExtendedErrorCode}); it may be full",
            NotADatabase => Damage(file, "it is no database"),
            // Our statements are right: where SQLite finds fault with them, the tables are not what they were.
            Corrupt or Error => Damage(file, Told(e)),
            CannotOpen => $"{file} cannot be opened",
            _ => $"{file}: SQLite error {e.SqliteExtendedErrorCode}",
        },
        e);

    /// <summary>A database that is not what was written, and the way back.</summary>
    /// <param name="file">The database file.</param>
    /// <param name="what">What is wrong with it, on one line.</param>
    public static StorageException Damaged(string file, string what) => new(Damage(file, what));

    private static string Damage(string file, string what) => $"the database {file} is damaged ({what}): {WayBack}";

    /// <summary>What SQLite says, without the library's words around it.</summary>
    private static string Told(SqliteException e) => e.Message.ReplaceLineEndings(" ") is var text && text.Split('\'') is [_, .. var said, _] ? string.Join('\'', said) : text;
}
