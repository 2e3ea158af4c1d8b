namespace Ticketing.Compose.Tests;

/// <summary>What Traefik is told (contract.md 17.1): one router for each service, all of which lead to the gateways.</summary>
public class TraefikTests
{
    private static readonly string[] Words = ["auth", "users", "events", "tickets", "payments", "notifications", "backups"];

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Every_service_has_a_router_by_its_prefix_to_the_gateways_port(string file)
    {
        var compose = ComposeFile.Of(file);
        var labels = compose.Services["gateway"].Labels;
        Assert.Equal("true", labels["traefik.enable"]);
        Assert.Equal(Words.Order(), Routers(labels));
        foreach (var word in Words)
        {
            Assert.Equal($"PathPrefix(`/api/{word}`)", labels[$"traefik.http.routers.{word}.rule"]);
            Assert.Equal(compose.EntryPoint, labels[$"traefik.http.routers.{word}.entrypoints"]);
            Assert.Equal("gateway", labels[$"traefik.http.routers.{word}.service"]);
        }

        Assert.Equal("8080", labels["traefik.http.services.gateway.loadbalancer.server.port"]);
        Assert.Equal("/health/ready", labels["traefik.http.services.gateway.loadbalancer.healthcheck.path"]);
        Assert.InRange(Seconds.Of(labels["traefik.http.services.gateway.loadbalancer.healthcheck.interval"]), 1, 5);
        Assert.Equal(1 + (4 * Words.Length) + 4, labels.Count);
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void The_api_comes_before_every_dashboard_on_the_same_entry_point(string file)
    {
        var services = ComposeFile.Of(file).Services;
        var api = services["gateway"].Labels;
        var lowest = Words.Min(word => int.Parse(api[$"traefik.http.routers.{word}.priority"], System.Globalization.CultureInfo.InvariantCulture));
        var others = services.Values.Where(service => service.Name != "gateway").SelectMany(service => Routers(service.Labels).Select(router => (service, router))).ToList();
        Assert.NotEmpty(others);
        Assert.All(others, other => Assert.InRange(Priority(other.service.Labels, other.router), 1, lowest - 1));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Orleans_dashboard_is_asked_of_the_silos_which_want_a_login_of_their_own(string file)
    {
        var silo = ComposeFile.Of(file).Services["silo"];
        Assert.Equal("Host(`orleans.localhost`) && PathPrefix(`/dashboard`)", silo.Labels["traefik.http.routers.orleans.rule"]);
        Assert.Equal(ComposeFile.Of(file).EntryPoint, silo.Labels["traefik.http.routers.orleans.entrypoints"]);
        Assert.Equal("silo", silo.Labels["traefik.http.routers.orleans.service"]);
        Assert.Equal("8080", silo.Labels["traefik.http.services.silo.loadbalancer.server.port"]);
        Assert.NotNull(silo.Environment["DASHBOARD_USER"]);
        Assert.NotNull(silo.Environment["DASHBOARD_PASSWORD"]);
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Traefik_is_pinged_logs_and_measures_as_the_contract_says(string file)
    {
        var compose = ComposeFile.Of(file);
        string[] expected =
        [
            $"--entrypoints.{compose.EntryPoint}.address=:80",
            "--entrypoints.traefik.address=:8080",
            "--providers.docker=true",
            "--providers.docker.exposedbydefault=false",
            "--ping=true",
            $"--ping.entrypoint={compose.EntryPoint}",
            "--log.level=DEBUG",
            "--accesslog=true",
            "--metrics.prometheus=true",
            "--metrics.prometheus.addentrypointslabels=true",
            "--metrics.prometheus.addserviceslabels=true",
        ];
        Assert.Empty(expected.Except(compose.Services["traefik"].List("command")));
    }

    [Fact]
    public void The_dashboard_is_open_in_development()
    {
        Assert.Contains("--api.insecure=true", ComposeFile.Development.Services["traefik"].List("command"));
        Assert.Empty(ComposeFile.Development.Services["traefik"].Labels);
    }

    [Fact]
    public void The_dashboard_wants_a_login_in_production_and_only_the_hash_of_the_password_reaches_traefik()
    {
        var traefik = ComposeFile.Production.Services["traefik"];
        Assert.DoesNotContain(traefik.List("command"), argument => argument.StartsWith("--api.insecure", StringComparison.Ordinal));
        Assert.Contains("--api.dashboard=true", traefik.List("command"));
        Assert.Equal("true", traefik.Labels["traefik.enable"]);
        Assert.Equal("Host(`traefik.localhost`)", traefik.Labels["traefik.http.routers.dashboard.rule"]);
        Assert.Equal("http", traefik.Labels["traefik.http.routers.dashboard.entrypoints"]);
        Assert.Equal("api@internal", traefik.Labels["traefik.http.routers.dashboard.service"]);
        Assert.Equal("dashboard-login", traefik.Labels["traefik.http.routers.dashboard.middlewares"]);
        var login = new Dictionary<string, string> { ["DASHBOARD_USER"] = "ada", ["DASHBOARD_PASSWORD"] = "plain", ["DASHBOARD_PASSWORD_HASH"] = "$apr1$salt$hash" };
        Assert.Equal("ada:$apr1$salt$hash", Variables.Resolve(traefik.Labels["traefik.http.middlewares.dashboard-login.basicauth.users"], login));
        Assert.Empty(traefik.Environment);
    }

    private static IEnumerable<string> Routers(IReadOnlyDictionary<string, string> labels) =>
        labels.Keys.Where(label => label.StartsWith("traefik.http.routers.", StringComparison.Ordinal)).Select(label => label.Split('.')[3]).Distinct().Order();

    // Without a priority of its own, a router has the length of its rule.
    private static int Priority(IReadOnlyDictionary<string, string> labels, string router) => labels.TryGetValue($"traefik.http.routers.{router}.priority", out var priority)
        ? int.Parse(priority, System.Globalization.CultureInfo.InvariantCulture) : labels[$"traefik.http.routers.{router}.rule"].Length;
}
