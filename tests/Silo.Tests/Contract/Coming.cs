namespace Ticketing.Silo.Tests.Contract;

/// <summary>Rows of routes that are not served yet. A route that is served must be in <see cref="Table.Rows"/>; the table's own test says so.</summary>
internal static class Coming
{
    public static IReadOnlyList<Row> Rows { get; } =
    [
        new(8, "POST /api/auth/logout", Form.Nothing, Caller: world => world.Token) { Collection = null },
        new(17, "DELETE /api/users/{id}", Form.One, Records.User, Table.Admin),
        new(30, "PATCH /api/tickets/{ticket_id}/active", Form.One, Records.Ticket, Table.Internal),
        new(33, "DELETE /api/tickets/{ticket_id}", Form.One, Records.Ticket, Table.Admin),
        new(47, "GET /api/backups/{service_name}/last", Form.One, Records.Backup, Table.Admin),
        new(48, "GET /api/backups/{id}", Form.One, Records.Backup, Table.Admin),
        new(49, "POST /api/backups", Form.One, Records.Backup, Table.Admin, _ => new() { ["service_name"] = "Tickets" }),
        new(50, "DELETE /api/backups/{id}", Form.One, Records.Backup, Table.Admin),
        new(0, "GET /api/backups", Form.Many, Records.Backup, Table.Admin) { Collection = null },
        // Only a backup that is completed can be verified, and no job runs here: what completes it is tested with the backups.
        new(0, "POST /api/backups/{id}/verify", Form.One, Records.Backup, Table.Admin) { Collection = null },
    ];
}
