namespace Ticketing.Compose.Tests;

/// <summary>The health checks of contract.md 17.2.</summary>
public class HealthTests
{
    [Theory]
    [InlineData("docker-compose.yml", "silo", 12, 7, 20, 240)]
    [InlineData("docker-compose.yml", "gateway", 12, 7, 20, 240)]
    [InlineData("docker-compose.yml", "traefik", 10, 5, 10, 25)]
    [InlineData("docker-compose.yml", "database", 10, 5, 10, 25)]
    [InlineData("docker-compose.prod.yml", "silo", 10, 5, 10, 20)]
    [InlineData("docker-compose.prod.yml", "gateway", 10, 5, 10, 20)]
    [InlineData("docker-compose.prod.yml", "traefik", 10, 5, 5, 10)]
    [InlineData("docker-compose.prod.yml", "database", 10, 5, 5, 10)]
    public void Everyone_is_asked_as_often_as_the_contract_says(string file, string name, int interval, int timeout, int retries, int startPeriod)
    {
        var service = ComposeFile.Of(file).Services[name];
        Assert.Equal(
            (interval, timeout, $"{retries}", startPeriod),
            (Seconds.Of(service.Text("healthcheck", "interval")), Seconds.Of(service.Text("healthcheck", "timeout")), service.Text("healthcheck", "retries"), Seconds.Of(service.Text("healthcheck", "start_period"))));
        // While it starts it is asked more often, so that what waits for it does not wait for the next round.
        Assert.InRange(Seconds.Of(service.Text("healthcheck", "start_interval")), 1, 5);
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void The_programs_are_asked_by_themselves(string file)
    {
        var services = ComposeFile.Of(file).Services;
        Assert.Equal(["CMD", "dotnet", "Ticketing.Silo.dll", "health"], services["silo"].List("healthcheck", "test"));
        Assert.Equal(["CMD", "dotnet", "Ticketing.ApiGateway.dll", "health"], services["gateway"].List("healthcheck", "test"));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Traefik_is_asked_for_its_ping_on_the_entry_point_of_the_api(string file)
    {
        var test = ComposeFile.Of(file).Services["traefik"].List("healthcheck", "test");
        Assert.Equal(["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/ping"], test);
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void The_database_is_healthy_when_it_is_its_sets_primary_and_starts_the_set_when_there_is_none(string file)
    {
        var database = ComposeFile.Of(file).Services["database"];
        Assert.Equal("CMD-SHELL", database.List("healthcheck", "test")[0]);
        var script = Variables.Resolve(database.List("healthcheck", "test")[1], Variables.None).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.EndsWith("'quit(db.hello().primary ? 0 : 1)' && exit 0", script[1], StringComparison.Ordinal);
        Assert.Contains(@"rs.initiate({ _id: ""rs0"", members: [{ _id: 0, host: ""database:27017"" }] })", script[3], StringComparison.Ordinal);
        Assert.EndsWith("'quit(db.hello().primary ? 0 : 1)'", script[^1], StringComparison.Ordinal);
        // Only the container knows the password; the compose file does not write it into the command.
        Assert.Contains("--password \"$MONGO_INITDB_ROOT_PASSWORD\"", script[2], StringComparison.Ordinal);
    }
}
