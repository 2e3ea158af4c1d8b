using Microsoft.Data.Sqlite;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>What a server has stored, as its database tells: whatever is written to a record changes it.</summary>
internal sealed class Stored : IDisposable
{
    private static readonly string[] Records = ["events", "tickets", "payments", "notifications", "users", "credentials"];

    private readonly SqliteConnection connection;
    private readonly SqliteCommand command;

    public Stored(Server server)
    {
        var file = Path.Combine(server.Settings.DataDirectory, "ticketing.db");
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        command = connection.CreateCommand();
        command.CommandText = string.Join(" union all ", Records.Select(table => $"select '{table}', count(*), total(version % 1000000007) from {table}"));
    }

    /// <summary>How many records of each kind there are, and a sum of their versions.</summary>
    public string Now()
    {
        using var reader = command.ExecuteReader();
        var kinds = new List<string>();
        while (reader.Read()) kinds.Add($"{reader.GetString(0)} {reader.GetInt64(1)} {reader.GetDouble(2)}");
        return string.Join('\n', kinds);
    }

    public void Dispose()
    {
        command.Dispose();
        connection.Dispose();
    }
}
