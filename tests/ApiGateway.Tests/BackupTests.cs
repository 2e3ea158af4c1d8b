using System.Runtime.CompilerServices;
using System.Text.Json;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tests;

/// <summary>Backups as the gateway shows and streams them.</summary>
public sealed class BackupTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Id = "65f0c1d2e3a4b5c6d7e8f901";
    private static readonly BackupRecord Pending = new(BackupId.Parse(Id), BackupService.Users, BackupStatus.Pending, TestGateway.Start, null, null, null, null);
    private static readonly BackupRecord Completed = Pending with
    {
        Status = BackupStatus.Completed,
        FinishedAt = TestGateway.Start.AddSeconds(1.25),
        Records = 2,
        Bytes = 321,
        Checksum = "ab",
    };

    [Fact]
    public async Task A_new_backup_shows_what_it_has_not_yet_as_null()
    {
        GrainCall? call = null;
        Answer(made =>
        {
            call = made;
            return Pending;
        });

        var reply = await gateway.Post("/api/backups", """{ "service_name": "Users" }""", gateway.Token(Role.Admin));

        Assert.Equal(
            $$"""{"id":"{{Id}}","created_at":"2030-01-02T03:04:05Z","finished_at":null,"service_name":"Users","status":"Pending","records":null,"bytes":null,"checksum":null,"data":null}""",
            reply.MustSucceed().GetRawText());
        Assert.Equal(("Create", BackupService.Users, TestGateway.Start), (call!.Method, call.Arguments[0], call.Arguments[1]));
        Assert.Equal(TestGateway.Start, BackupId.Parse(call.Key).Value.CreatedAt);
    }

    [Theory]
    [InlineData("users")]
    [InlineData("Backups")]
    [InlineData("")]
    [InlineData("Users,Auth")]
    public async Task A_backup_of_nothing_that_is_known_is_refused(string service) =>
        (await gateway.Post("/api/backups", $$"""{ "service_name": "{{service}}" }""", gateway.Token(Role.Admin))).MustFail(400);

    [Theory]
    [InlineData("users")]
    [InlineData("Backups")]
    [InlineData("0")]
    [InlineData("Users,Auth")]
    public async Task The_last_backup_of_nothing_that_is_known_is_not_found(string service) =>
        Assert.Contains("Payments", (await gateway.Get($"/api/backups/{service}/last", gateway.Token(Role.Admin))).MustFail(404).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData($"/api/backups/{Id}")]
    [InlineData("/api/backups/Users/last")]
    public async Task A_completed_backup_comes_with_its_records_as_their_list_shows_them(string path)
    {
        Answer(_ => Completed, Users("ada"), Users("grace"));

        var reply = await gateway.Get(path, gateway.Token(Role.Admin));

        Assert.Equal(
            $$"""
            {"id":"{{Id}}","created_at":"2030-01-02T03:04:05Z","finished_at":"2030-01-02T03:04:06.25Z","service_name":"Users","status":"Completed","records":2,"bytes":321,"checksum":"ab","data":[{"id":"65f0c1d2e3a4b5c6d7e8f901","first_name":"ada","last_name":"lovelace","email":"ada@example.org"},{"id":"65f0c1d2e3a4b5c6d7e8f901","first_name":"grace","last_name":"lovelace","email":"grace@example.org"}]}
            """,
            reply.MustSucceed().GetRawText());
        Assert.Equal("application/json", reply.ContentHeaders.ContentType!.MediaType);
    }

    [Fact]
    public async Task An_empty_backup_has_an_empty_list()
    {
        Answer(_ => Completed);
        Assert.Equal(0, (await gateway.Get($"/api/backups/{Id}", gateway.Token(Role.Admin))).MustSucceed().GetProperty("data").GetArrayLength());
    }

    [Theory]
    [InlineData(BackupStatus.Pending)]
    [InlineData(BackupStatus.InProgress)]
    [InlineData(BackupStatus.Failed)]
    public async Task What_is_not_completed_has_no_records(BackupStatus status)
    {
        Answer(_ => Pending with { Status = status }, Users("ada"));

        var data = (await gateway.Get($"/api/backups/{Id}", gateway.Token(Role.Admin))).MustSucceed();

        Assert.Equal(JsonValueKind.Null, data.GetProperty("data").ValueKind);
        Assert.Equal($"{status}", data.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Credentials_come_without_their_hashes_also_for_services()
    {
        Answer(
            _ => Completed with { Service = BackupService.Auth },
            new CredentialBackupPage([new(new(RecordId.Parse(Id), Role.Admin, TestGateway.Somebody), "$2a$12$secret")]));

        foreach (var token in new[] { gateway.Token(Role.Admin), gateway.Tokens.MintInternal() })
        {
            var reply = await gateway.Get("/api/backups/Auth/last", token);
            Assert.Equal($$"""[{"id":"{{Id}}","role":"Admin","user_id":"{{TestGateway.Somebody}}"}]""", reply.MustSucceed().GetProperty("data").GetRawText());
        }
    }

    [Fact]
    public async Task Contents_that_are_missing_are_refused_before_the_answer_begins()
    {
        var faults = gateway.Faults.Lines.Count;
        Answer(_ => Completed, [null]);
        Assert.Equal("backup-damaged", (await gateway.Get($"/api/backups/{Id}", gateway.Token(Role.Admin))).MustFail(409).Code);
        Assert.Equal(faults, gateway.Faults.Lines.Count);
    }

    [Fact]
    public async Task Contents_that_end_halfway_break_the_connection_so_that_nobody_takes_half_for_all()
    {
        var faults = gateway.Faults.Lines.Count;
        Answer(_ => Completed, Users("ada"), null);

        await Assert.ThrowsAsync<HttpRequestException>(() => gateway.Get($"/api/backups/{Id}", gateway.Token(Role.Admin)));

        Assert.Equal(faults + 1, gateway.Faults.Lines.Count);
    }

    [Fact]
    public async Task Pages_are_asked_for_no_faster_than_the_client_takes_them()
    {
        var asked = 0;
        var page = new UserBackupPage([.. Enumerable.Range(0, 500).Select(number => new UserRecord(TestGateway.Somebody, "ada", "lovelace", $"{number}@example.org"))]);
        Answer(_ => Completed, Enumerable.Range(0, 10_000).Select(_ =>
        {
            Interlocked.Increment(ref asked);
            return page;
        }));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/backups/{Id}");
        request.Headers.Authorization = new("Bearer", gateway.Token(Role.Admin));
        using (var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            var bytes = 0;
            var buffer = new byte[1 << 16];
            while (bytes < 1 << 20) bytes += await body.ReadAsync(buffer);
            // A page has some fifty kilobytes; what the connection itself holds is a few megabytes at most.
            Assert.InRange(Volatile.Read(ref asked), 1, 400);
        }
    }

    [Fact]
    public async Task A_list_shows_no_records_and_says_where_it_goes_on()
    {
        gateway.Grains.On<IBackupListGrain>(_ => Task.FromResult(new Page<BackupRecord>([Completed, Pending], Pending.Id.Value)));

        var reply = await gateway.Get("/api/backups?limit=2", gateway.Token(Role.Admin));

        Assert.Equal(["Completed", "Pending"], reply.MustSucceed().EnumerateArray().Select(backup => backup.GetProperty("status").GetString()));
        Assert.All(reply.MustSucceed().EnumerateArray(), backup => Assert.Equal(JsonValueKind.Null, backup.GetProperty("data").ValueKind));
        Assert.Equal(Id, reply.Json.GetProperty("next_cursor").GetString());
    }

    [Theory]
    [InlineData(Refusal.NoSuchBackup, 404, "no-such-backup")]
    [InlineData(Refusal.BackupNotCompleted, 409, "backup-not-completed")]
    [InlineData(Refusal.BackupDamaged, 409, "backup-damaged")]
    public async Task A_verification_that_finds_fault_says_which(Refusal rule, int status, string code)
    {
        Answer(_ => rule);
        Assert.Equal(code, (await gateway.Post($"/api/backups/{Id}/verify", "", gateway.Token(Role.Admin))).MustFail(status).Code);
    }

    [Fact]
    public async Task The_document_names_the_services()
    {
        var document = (await gateway.Get("/api/backups/doc/openapi.json")).Json;
        var last = document.GetProperty("paths").GetProperty("/api/backups/{service_name}/last").GetProperty("get");
        var parameter = last.GetProperty("parameters")[0];
        Assert.Equal("service_name", parameter.GetProperty("name").GetString());
        Assert.Equal(
            ["Auth", "Events", "Notifications", "Payments", "Tickets", "Users"],
            parameter.GetProperty("schema").GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["200", "401", "403", "404", "409", "413", "500", "503"], last.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order());
        var backup = document.GetProperty("components").GetProperty("schemas").GetProperty("Backup");
        Assert.Equal(9, backup.GetProperty("required").GetArrayLength());
        Assert.True(backup.GetProperty("properties").GetProperty("data").GetProperty("nullable").GetBoolean());
        Assert.True(backup.GetProperty("properties").GetProperty("finished_at").GetProperty("nullable").GetBoolean());
    }

    private static UserBackupPage Users(string name) => new([new UserRecord(TestGateway.Somebody, name, "lovelace", $"{name}@example.org")]);

    private void Answer(Func<GrainCall, Answer<BackupRecord>> answer, params IEnumerable<BackupPage?> pages)
    {
        gateway.Grains.On<IBackupListGrain>(call => Task.FromResult(answer(call)));
        gateway.Grains.On<IBackupGrain>(call => call.Method switch
        {
            "Pages" => Pages(pages),
            "Read" => new ValueTask<Answer<BackupRecord>>(answer(call)),
            _ => Task.FromResult(answer(call)),
        });
    }

    /// <summary>Pages; an absent one is where the file is damaged.</summary>
    private static async IAsyncEnumerable<BackupPage> Pages(IEnumerable<BackupPage?> pages, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var page in pages)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return page ?? throw new InvalidDataException("the file is damaged");
        }
    }
}
