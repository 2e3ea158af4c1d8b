using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.ApiGateway.Backups;

/// <summary>Backups (contract.md 10), and beyond it their list and their verification. <c>data</c> is null wherever a backup is not read.</summary>
internal static class BackupEndpoints
{
    public static Routes MapBackups(this Routes routes) => routes
        .Get("", Access.Roles(Role.Admin), List, new("Listing the backups") { Data = typeof(BackupView[]), IsList = true })
        .Get("/{id:id}", Access.Roles(Role.Admin), Read, new("Reading the backup")
        {
            Data = typeof(BackupView),
            Refusals = [Refusal.NoSuchBackup, Refusal.BackupDamaged],
        })
        .Get("/{service_name}/last", Access.AdminOrInternal, Last, new("Reading the last backup")
        {
            Data = typeof(BackupView),
            PathNames = Names<BackupService>.Sorted,
            Refusals = [Refusal.NoSuchBackup, Refusal.BackupDamaged],
        })
        .Post("", Access.Roles(Role.Admin), Create, new("Backup request")
        {
            Body = typeof(BackupBody),
            Example = """{ "service_name": "Events" }""",
            Data = typeof(BackupView),
        })
        .Post("/{id:id}/verify", Access.Roles(Role.Admin), Verify, new("Backup verification")
        {
            Data = typeof(BackupView),
            Refusals = [Refusal.NoSuchBackup, Refusal.BackupNotCompleted, Refusal.BackupDamaged],
        })
        .Delete("/{id:id}", Access.Roles(Role.Admin), Delete, new("Backup deletion") { Data = typeof(BackupView), Refusals = [Refusal.NoSuchBackup] });

    private static async Task List(HttpContext http, Gateway gateway) => await http.List(await Lists(gateway).List(http.PageRequest()), BackupView.Shape);

    private static async Task Read(HttpContext http, Gateway gateway) => await Show(http, gateway, await Grain(gateway, http.PathId("id")).Read());

    private static async Task Last(HttpContext http, Gateway gateway)
    {
        if (Names<BackupService>.TryParse((string?)http.Request.RouteValues["service_name"], out var service))
            await Show(http, gateway, await Lists(gateway).Last(service));
        else
            await http.Fail(StatusCodes.Status404NotFound, $"There is no service of this name; it is one of {Names<BackupService>.All}.");
    }

    private static async Task Create(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.BackupBody);
        var service = body.Check();
        var now = gateway.Now;
        await http.Answer(await Grain(gateway, BackupId.New(now).Value).Create(service, now), BackupView.Shape);
    }

    private static async Task Verify(HttpContext http, Gateway gateway) =>
        await http.Answer(await Grain(gateway, http.PathId("id")).Verify(), BackupView.Shape);

    private static async Task Delete(HttpContext http, Gateway gateway) =>
        await http.Answer(await Grain(gateway, http.PathId("id")).Delete(), BackupView.Shape);

    private static Task Show(HttpContext http, Gateway gateway, Answer<BackupRecord> answer) => answer is { IsDone: true, Value: { Status: BackupStatus.Completed } backup }
        ? http.Stream(backup, Grain(gateway, backup.Id.Value).Pages(http.RequestAborted))
        : http.Answer(answer, BackupView.Shape);

    private static IBackupGrain Grain(Gateway gateway, RecordId id) => gateway.Grains.GetGrain<IBackupGrain>(id.ToString());

    private static IBackupListGrain Lists(Gateway gateway) => gateway.Grains.GetGrain<IBackupListGrain>(0);
}
