using System.Text.RegularExpressions;

namespace Ticketing.Compose.Tests;

/// <summary>What can be set from outside, what must be, and that .env.example names it all.</summary>
public partial class VariableTests
{
    /// <summary>What production does not start without.</summary>
    private static readonly string[] Required =
    [
        "ADMIN_EMAIL", "ADMIN_PASSWORD", "DASHBOARD_PASSWORD", "DASHBOARD_PASSWORD_HASH", "DASHBOARD_USER", "DATABASE_ROOT_PASSWORD", "DATABASE_ROOT_USERNAME",
        "JWT_EXTERNAL_SIGNATURE", "JWT_INTERNAL_SIGNATURE", "MAIL_HOSTNAME", "MAIL_PASSWORD", "MAIL_USERNAME",
    ];

    /// <summary>The first implementation's, which nothing here reads.</summary>
    private static readonly string[] Former =
    [
        "DATABASE_URL_AUTH_SERVICE", "DATABASE_URL_USERS_SERVICE", "DATABASE_URL_EVENTS_SERVICE", "DATABASE_URL_TICKETS_SERVICE", "DATABASE_URL_NOTIFICATIONS_SERVICE",
        "DATABASE_URL_PAYMENTS_SERVICE", "DATABASE_URL_BACKUPS_SERVICE", "INTERNAL_BEARER_TOKEN", "EXTERNAL_BEARER_TOKEN",
    ];

    /// <summary>Contract.md 16, beside the former ones.</summary>
    private static readonly string[] Contract = [.. Required, "HOST_PORT_TRAEFIK", "HOST_PORT_TRAEFIK_DASHBOARD", "HOST_PORT_MONGODB", "DATABASE_URL"];

    private static IReadOnlyDictionary<string, string> Everything => Required.ToDictionary(name => name, name => $"<{name}>");

    [Fact]
    public void Every_variable_that_is_used_is_in_the_example_and_the_example_has_no_other()
    {
        var used = ComposeFile.Development.Variables().Concat(ComposeFile.Production.Variables()).Select(variable => variable.Name).Concat(Former).Distinct();
        Assert.Equal(used.Order(StringComparer.Ordinal), Example().Select(line => line.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_variable_of_the_contract_is_used() =>
        Assert.Empty(Contract.Except(ComposeFile.Development.Variables().Concat(ComposeFile.Production.Variables()).Select(variable => variable.Name)));

    [Fact]
    public void The_example_sets_no_secret_and_otherwise_what_the_files_do_without_it()
    {
        Assert.All(Example().Where(line => Required.Contains(line.Name)), line => Assert.Equal("", line.Value));
        foreach (var (name, value) in Example().Where(line => line.IsSet && !Required.Contains(line.Name)))
            Assert.Equal([$":-{value}"], ComposeFile.Development.Variables().Concat(ComposeFile.Production.Variables()).Where(one => one.Name == name).Select(one => one.Otherwise).Distinct());
    }

    [Fact]
    public void Production_has_no_default_for_a_secret_and_refuses_to_start_without_it()
    {
        var production = ComposeFile.Production.Variables().Where(variable => Required.Contains(variable.Name)).ToList();
        Assert.Equal(Required.Order(), production.Select(variable => variable.Name).Distinct().Order());
        Assert.All(production, variable => Assert.Equal(":?see .env.example", variable.Otherwise));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Production_names_the_one_that_is_missing_or_empty(string? value)
    {
        var text = string.Join('\n', Repository.Lines(ComposeFile.Production.Name));
        foreach (var name in Required)
        {
            var others = Everything.Where(pair => pair.Key != name).ToDictionary();
            if (value is not null) others[name] = value;
            Assert.Equal(name, Assert.Throws<InvalidOperationException>(() => Variables.Resolve(text, others)).Message);
        }

        Assert.DoesNotContain("${", Variables.Resolve(text, Everything), StringComparison.Ordinal);
    }

    [Fact]
    public void Development_starts_without_any() =>
        Assert.DoesNotContain("${", Variables.Resolve(string.Join('\n', Repository.Lines(ComposeFile.Development.Name)), Variables.None), StringComparison.Ordinal);

    [Fact]
    public void Production_has_no_password_written_into_it()
    {
        foreach (var (name, value) in ComposeFile.Production.Services.Values.SelectMany(service => service.Environment).Where(pair => Secret().IsMatch(pair.Key)))
            Assert.Contains("${", value, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)development|changeme|secret", string.Join('\n', Repository.Lines(ComposeFile.Production.Name)));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void Secrets_reach_only_those_who_need_them(string file)
    {
        var services = ComposeFile.Of(file).Services;
        Assert.Equal(["DATABASE_URL", "JWT_EXTERNAL_SIGNATURE", "JWT_INTERNAL_SIGNATURE"], SecretsOf("gateway"));
        Assert.Equal(
            file == ComposeFile.Production.Name ? ["ADMIN_PASSWORD", "DASHBOARD_PASSWORD", "DATABASE_URL", "MAIL_PASSWORD"] : ["ADMIN_PASSWORD", "DASHBOARD_PASSWORD", "DATABASE_URL"], SecretsOf("silo"));
        Assert.Equal(["MONGO_INITDB_ROOT_PASSWORD"], SecretsOf("database"));
        Assert.Empty(SecretsOf("traefik"));

        IEnumerable<string> SecretsOf(string service) => services[service].Environment.Keys.Where(name => Secret().IsMatch(name)).Order();
    }

    [Fact]
    public void Git_and_docker_leave_the_secrets_alone()
    {
        Assert.Contains(".env", Repository.Lines(".gitignore"));
        Assert.Equal("*", Repository.Lines(".dockerignore")[0]);
        Assert.DoesNotContain(Repository.Lines(".dockerignore"), line => line.StartsWith("!.env", StringComparison.Ordinal));
    }

    /// <summary>The lines of .env.example that name a variable: those that set one, and those that would without the sign of a comment.</summary>
    private static IEnumerable<ExampleLine> Example() => Repository.Read(".env.example").Split('\n').Select(line => Line().Match(line)).Where(match => match.Success)
        .Select(match => new ExampleLine(match.Groups["name"].Value, match.Groups["value"].Value, match.Groups["comment"].Length == 0));

    [GeneratedRegex(@"^(?<comment># )?(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>\S*)$|^(?<comment># )(?<name>[A-Z_]+)=(?<value>.*)$")]
    private static partial Regex Line();

    [GeneratedRegex("PASSWORD|SIGNATURE|DATABASE_URL")]
    private static partial Regex Secret();

    private sealed record ExampleLine(string Name, string Value, bool IsSet)
    {
        public void Deconstruct(out string name, out string value) => (name, value) = (Name, Value);
    }
}
