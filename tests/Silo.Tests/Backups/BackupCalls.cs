using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests.Backups;

internal static class BackupCalls
{
    /// <summary>Asks for a backup.</summary>
    /// <returns>The pending backup.</returns>
    public static async Task<JsonNode> AskBackup(this Api api, string service) =>
        (await api.Send(HttpMethod.Post, "/api/backups", Jwt.Admin, new JsonObject { ["service_name"] = service })).Done();

    public static async Task<JsonNode> Backup(this Api api, string id) => (await api.Get($"/api/backups/{id}", Jwt.Admin)).Done();

    /// <summary>A backup as lists show it: without its records, whatever became of its file.</summary>
    public static async Task<JsonNode> Listed(this Api api, string id) => (await api.All("/api/backups", Jwt.Admin)).Single(backup => backup.Id() == id);

    /// <summary>Asks for a backup and waits until it has ended.</summary>
    /// <returns>The backup as lists show it.</returns>
    public static async Task<JsonNode> MakeBackup(this Api api, string service, string status = "Completed")
    {
        var asked = await api.AskBackup(service);
        return await Eventually.Sees($"backup {asked.Id()} {status}", () => api.Listed(asked.Id()), backup => backup.Text("status") == status);
    }

    public static Task<Reply> Verify(this Api api, string id) => api.Send(HttpMethod.Post, $"/api/backups/{id}/verify", Jwt.Admin);
}
