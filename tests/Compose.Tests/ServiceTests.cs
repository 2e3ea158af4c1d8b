using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Ticketing.Compose.Tests;

/// <summary>What runs, what of it can be reached from outside, and what it may do.</summary>
public class ServiceTests
{
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["HOST_ADDRESS"] = "10.1.2.3",
        ["HOST_PORT_TRAEFIK"] = "8000",
        ["HOST_PORT_TRAEFIK_DASHBOARD"] = "8001",
        ["HOST_PORT_MONGODB"] = "8002",
        ["HOST_PORT_MAIL"] = "8003",
    };

    [Fact]
    public void The_services_are_those_that_a_cluster_needs_and_a_mail_catcher_in_development_alone()
    {
        Assert.Equal(["database", "gateway", "mail", "silo", "traefik"], ComposeFile.Development.Services.Keys.Order());
        Assert.Equal(["database", "gateway", "silo", "traefik"], ComposeFile.Production.Services.Keys.Order());
    }

    [Fact]
    public void Development_listens_on_this_machine_alone()
    {
        Assert.Equal(["127.0.0.1:80:80", "127.0.0.1:8080:8080"], Ports(ComposeFile.Development, "traefik"));
        Assert.Equal(["127.0.0.1:27017:27017"], Ports(ComposeFile.Development, "database"));
        Assert.Equal(["127.0.0.1:8025:8025"], Ports(ComposeFile.Development, "mail"));
    }

    [Fact]
    public void Production_opens_the_entry_point_to_all_and_the_metrics_to_this_machine_and_never_the_database()
    {
        Assert.Equal(["80:80", "127.0.0.1:8080:8080"], Ports(ComposeFile.Production, "traefik"));
        Assert.All(ComposeFile.Production.Services.Values.Where(service => service.Name != "traefik"), service => Assert.Null(service.Node("ports")));
    }

    [Fact]
    public void Ports_are_where_the_variables_say()
    {
        Assert.Equal(["10.1.2.3:8000:80", "10.1.2.3:8001:8080"], Ports(ComposeFile.Development, "traefik", Elsewhere));
        Assert.Equal(["10.1.2.3:8002:27017"], Ports(ComposeFile.Development, "database", Elsewhere));
        Assert.Equal(["10.1.2.3:8003:8025"], Ports(ComposeFile.Development, "mail", Elsewhere));
        Assert.Equal(["8000:80", "127.0.0.1:8001:8080"], Ports(ComposeFile.Production, "traefik", Elsewhere));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Silos_and_gateways_have_nothing_that_there_can_be_only_one_of(string file)
    {
        foreach (var program in ComposeFile.Of(file).Programs)
            Assert.All(new[] { "ports", "container_name", "hostname" }, key => Assert.Null(program.Node(key)));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Silos_and_gateways_can_change_nothing_of_their_image_and_gain_no_rights(string file)
    {
        foreach (var program in ComposeFile.Of(file).Programs)
        {
            Assert.Equal("true", program.Text("read_only"));
            Assert.Equal(["/tmp"], program.List("tmpfs"));
            Assert.Equal(["ALL"], program.List("cap_drop"));
            Assert.Equal(["no-new-privileges:true"], program.List("security_opt"));
            Assert.All(new[] { "user", "privileged", "cap_add" }, key => Assert.Null(program.Node(key)));
        }
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Docker_waits_longer_for_a_stop_than_what_is_under_way_may_take(string file)
    {
        foreach (var program in ComposeFile.Of(file).Programs)
        {
            var drain = int.Parse(program.Environment["Ticketing__DrainSeconds"]!, CultureInfo.InvariantCulture);
            Assert.InRange(Seconds.Of(program.Text("stop_grace_period")), drain + 10, 120);
        }
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Silos_wait_for_the_database_and_gateways_for_a_silo(string file)
    {
        var services = ComposeFile.Of(file).Services;
        Assert.Equal("service_healthy", services["silo"].Text("depends_on", "database", "condition"));
        Assert.Equal("service_healthy", services["gateway"].Text("depends_on", "silo", "condition"));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Docker_itself_is_read_by_traefik_alone_and_changed_by_nobody(string file)
    {
        var mounts = ComposeFile.Of(file).Services.Values.SelectMany(service => service.List("volumes").Select(volume => (service.Name, volume)));
        Assert.Equal(("traefik", "/var/run/docker.sock:/var/run/docker.sock:ro"), Assert.Single(mounts, mount => mount.volume.Contains("docker.sock", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void The_data_the_key_and_the_backups_are_in_named_volumes(string file)
    {
        var compose = ComposeFile.Of(file);
        Assert.Equal(["database:/data/db", "database-key:/data/configdb"], compose.Services["database"].List("volumes"));
        Assert.Equal(["backups:/backups"], compose.Services["silo"].List("volumes"));
        Assert.Equal("/backups", compose.Services["silo"].Environment["Ticketing__BackupDirectory"]);
        Assert.Equal(["backups", "database", "database-key"], ((YamlMappingNode)compose.Root["volumes"]).Select(pair => pair.Key.ToString()).Order());
    }

    [Fact]
    public void The_two_set_ups_share_neither_volumes_nor_network()
    {
        Assert.Equal("ticketing-dev", ComposeFile.Development.Root["name"].ToString());
        Assert.Equal("ticketing", ComposeFile.Production.Root["name"].ToString());
        Assert.NotEqual(Subnet(ComposeFile.Development), Subnet(ComposeFile.Production));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Gateways_believe_whoever_is_in_the_containers_network_where_no_port_of_theirs_is_open(string file)
    {
        var compose = ComposeFile.Of(file);
        Assert.All(compose.Services.Values, service => Assert.Equal(["cluster"], service.List("networks")));
        Assert.Equal(Subnet(compose), compose.Services["gateway"].Environment["Ticketing__TrustedProxies"]);
    }

    [Fact]
    public void In_production_everything_comes_back_by_itself_within_limits_and_with_logs_that_end()
    {
        Assert.All(ComposeFile.Production.Services.Values, service =>
        {
            Assert.Equal("unless-stopped", service.Text("restart"));
            Assert.Equal("local", service.Text("logging", "driver"));
            Assert.Matches("^[1-9][0-9]*m$", service.Text("logging", "options", "max-size"));
            Assert.Matches("^[1-9][0-9]*[mg]$", Limit(service, "memory"));
            // More than two would be refused on small machines.
            Assert.InRange(decimal.Parse(Limit(service, "cpus"), CultureInfo.InvariantCulture), 0.1m, 2m);
            Assert.InRange(int.Parse(Limit(service, "pids"), CultureInfo.InvariantCulture), 100, 10_000);
        });
        Assert.All(ComposeFile.Development.Services.Values, service => Assert.Null(service.Node("restart")));
    }

    [Fact]
    public void Production_starts_as_many_as_the_variables_say_and_three_and_two_without()
    {
        Assert.Equal("3", Replicas("silo", Variables.None));
        Assert.Equal("2", Replicas("gateway", Variables.None));
        Assert.Equal("5", Replicas("silo", new Dictionary<string, string> { ["SILOS"] = "5" }));
        Assert.Equal("7", Replicas("gateway", new Dictionary<string, string> { ["GATEWAYS"] = "7" }));

        static string Replicas(string service, IReadOnlyDictionary<string, string> values) =>
            Variables.Resolve(ComposeFile.Production.Services[service].Text("deploy", "replicas")!, values);
    }

    [Fact]
    public void Production_names_versions_of_its_images()
    {
        var images = ComposeFile.Production.Services.Values.Select(service => service.Text("image")).OfType<string>();
        Assert.Equal(["mongo:8", "traefik:v3"], images.Order());
    }

    private static IEnumerable<string> Ports(ComposeFile file, string service, IReadOnlyDictionary<string, string>? values = null) =>
        file.Services[service].Ports(values ?? Variables.None);

    private static string Limit(ComposeService service, string name) => Variables.Resolve(service.Text("deploy", "resources", "limits", name) ?? "", Variables.None);

    private static string Subnet(ComposeFile file) => file.Root["networks"]["cluster"]["ipam"]["config"][0]["subnet"].ToString();
}
