using Ticketing.Storage.Moving;

namespace Ticketing.Silo.Moving;

/// <summary>What an operator sees at the end of a copy.</summary>
internal static class CopyReport
{
    public static void Write(TextWriter output, Findings findings)
    {
        output.WriteLine();
        output.WriteLine($"  {"table",-16} {"rows",12}   {"checksum",-12}");
        foreach (var table in findings.Tables)
        {
            output.WriteLine($"  {table.Table,-16} {table.Rows,12:N0}   {table.Checksum[..12]}   {(table.IsSame ? "ok" : $"DIFFERS: {table.RowsCopied:N0} rows, {table.ChecksumCopied[..12]}")}");
        }

        output.WriteLine();
        if (findings.Problem is null)
            output.WriteLine($"Both sides are the same. Ledgers replayed: {findings.Ledgers:N0}, every chain whole. They add up to {findings.Tickets:N0} tickets, and tickets and events are just that.");
    }

    public static void WriteNext(TextWriter output, Place source, Place target)
    {
        output.WriteLine();
        output.WriteLine("Not copied, because it is not in the database:");
        output.WriteLine("  the keys of tokens   carry jwt-*.key over to the new data directory, or set JWT_EXTERNAL_SIGNATURE and JWT_INTERNAL_SIGNATURE; otherwise people log in again");
        output.WriteLine("  mails as files       they stay where they are");
        output.WriteLine("  backups' files       set Ticketing__BackupDirectory to the directory they are in, or carry it over");
        output.WriteLine("  who was in a cluster silos find one another anew");
        output.WriteLine();
        output.WriteLine("Next:");
        output.WriteLine(target.Directory is { } directory
            ? $"  serve on the copy    Ticketing__DataDirectory={directory} dotnet run --project src/Silo"
            : $"  serve on the copy    start the silos with DATABASE_URL set to the connection string of {target.Mongo}");
        output.WriteLine($"  the old database     {source.Mongo ?? source.Directory} is as it was; serve on one of the two only, or seats are sold twice");
    }
}
