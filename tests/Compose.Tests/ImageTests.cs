using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Ticketing.Compose.Tests;

/// <summary>How the images are made.</summary>
public partial class ImageTests
{
    private static readonly Dictionary<string, Stage> Stages = Read().ToDictionary(stage => stage.Name);

    [Fact]
    public void The_images_stand_on_microsofts_and_no_line_fetches_another()
    {
        Assert.DoesNotMatch("(?im)^#\\s*syntax", Repository.Read("Dockerfile"));
        var bases = Stages.Values.Select(stage => stage.From).Where(from => !Stages.ContainsKey(from)).Distinct();
        Assert.Equal(["mcr.microsoft.com/dotnet/sdk:10.0", "mcr.microsoft.com/dotnet/aspnet:10.0"], bases);
        Assert.Equal(("mcr.microsoft.com/dotnet/aspnet:10.0", "base", "base"), (Stages["base"].From, Stages["silo"].From, Stages["gateway"].From));
    }

    [Theory]
    [MemberData(nameof(ComposeFile.Both), MemberType = typeof(ComposeFile))]
    public void The_compose_files_build_a_stage_for_each_program(string file) =>
        Assert.All(ComposeFile.Of(file).Programs, program => Assert.Equal((".", program.Name), (program.Text("build", "context"), program.Text("build", "target"))));

    [Fact]
    public void Packages_are_restored_by_the_lock_files_before_the_code_is_there()
    {
        var steps = Stages["publish"].Steps.Where(step => step.StartsWith("COPY", StringComparison.Ordinal) || step.Contains("dotnet ", StringComparison.Ordinal)).ToList();
        Assert.Equal("COPY --from=projects /source .", steps[0]);
        Assert.Equal("RUN dotnet restore --locked-mode src/Silo", steps[1]);
        Assert.Equal("COPY . .", steps[2]);
        Assert.StartsWith("RUN dotnet publish src/Silo --no-restore", steps[3], StringComparison.Ordinal);
        Assert.Contains("dotnet publish src/ApiGateway --no-restore", steps[3], StringComparison.Ordinal);
        // The restore's own input: all that the step before leaves of the source.
        var kept = Stages["projects"].Steps.Single(step => step.StartsWith("RUN find", StringComparison.Ordinal));
        Assert.Equal(["*.csproj", "Directory.*.props", "packages.lock.json"], KeptName().Matches(kept).Select(match => match.Groups[1].Value.Trim('\'')));
        Assert.Contains("-delete", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void The_programs_run_as_a_user_without_rights_who_owns_what_is_mounted()
    {
        var steps = Stages["base"].Steps.ToList();
        var user = steps.IndexOf("USER $APP_UID");
        Assert.InRange(user, 0, steps.Count);
        var directories = steps.FindIndex(step => step.StartsWith("RUN install -d -m 700 -o \"$APP_UID\" -g \"$APP_UID\"", StringComparison.Ordinal));
        Assert.InRange(directories, 0, user - 1);
        Assert.DoesNotContain(Stages["silo"].Steps.Concat(Stages["gateway"].Steps), step => step.StartsWith("USER", StringComparison.Ordinal));
        var mounts = ComposeFile.Development.Programs.Concat(ComposeFile.Production.Programs).SelectMany(program => program.List("volumes")).Select(volume => volume.Split(':')[1]).Distinct();
        Assert.All(mounts, mount => Assert.Contains($" {mount}", steps[directories], StringComparison.Ordinal));
        Assert.Contains(" /var/lib/ticketing", steps[directories], StringComparison.Ordinal);
    }

    [Fact]
    public void The_runtime_needs_no_place_to_write_and_serves_on_the_port_that_traefik_asks()
    {
        var environment = Stages["base"].Steps.Single(step => step.StartsWith("ENV", StringComparison.Ordinal));
        Assert.Contains("DOTNET_EnableDiagnostics=0", environment, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS=http://+:8080", environment, StringComparison.Ordinal);
        Assert.Contains("EXPOSE 8080", Stages["base"].Steps);
    }

    [Theory]
    [InlineData("silo", "Silo", "Ticketing.Silo.dll")]
    [InlineData("gateway", "ApiGateway", "Ticketing.ApiGateway.dll")]
    public void A_container_starts_its_program_which_is_also_asked_for_its_health(string stage, string project, string assembly)
    {
        var steps = Stages[stage].Steps;
        Assert.True(Repository.Has($"src/{project}/{project}.csproj"));
        Assert.Contains($"COPY --from=publish /programs/{stage} .", steps);
        Assert.Contains($"dotnet publish src/{project} --no-restore -c Release -p:UseAppHost=false -o /programs/{stage}", string.Join(' ', Stages["publish"].Steps), StringComparison.Ordinal);
        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"{assembly}\"]", steps);
        Assert.Contains($"HEALTHCHECK --interval=10s --timeout=5s --retries=10 --start-period=20s CMD [\"dotnet\", \"{assembly}\", \"health\"]", steps);
    }

    [Fact]
    public void Nothing_is_installed_into_the_images() =>
        Assert.DoesNotMatch("apt-get|apk |curl|wget", string.Join('\n', Repository.Lines("Dockerfile")));

    [Fact]
    public void A_build_sees_the_source_and_what_it_refers_to_and_no_more()
    {
        var allowed = Repository.Lines(".dockerignore").Where(line => line[0] == '!').Select(line => line[1..]);
        Assert.Equal([".editorconfig", "BannedSymbols.txt", "Directory.*.props", "src"], allowed.Order(StringComparer.Ordinal));
        Assert.All(new[] { "**/bin", "**/obj" }, hidden => Assert.Contains(hidden, Repository.Lines(".dockerignore")));
        var named = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("AdditionalFiles").Select(file => file.Attribute("Include")!.Value.Split(')')[^1]);
        Assert.Empty(named.Except(allowed));
    }

    private static IEnumerable<Stage> Read()
    {
        var text = string.Join('\n', Repository.Lines("Dockerfile")).Replace("\\\n", "", StringComparison.Ordinal);
        Stage? stage = null;
        foreach (var step in text.Split('\n').Select(line => Blanks().Replace(line, " ").Trim()))
        {
            if (From().Match(step) is { Success: true } from)
            {
                if (stage is not null) yield return stage;
                stage = new(from.Groups[2].Value, from.Groups[1].Value, []);
            }
            else
            {
                stage!.Steps.Add(step);
            }
        }

        yield return stage!;
    }

    [GeneratedRegex(@"^FROM (\S+) AS (\S+)$")]
    private static partial Regex From();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"! -name (\S+)")]
    private static partial Regex KeptName();

    private sealed record Stage(string Name, string From, List<string> Steps);
}
