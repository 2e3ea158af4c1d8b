using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ticketing.Compose.Tests;

/// <summary>A compose file as it is written, its anchors followed and its variables still in it.</summary>
internal sealed class ComposeFile
{
    private ComposeFile(string name, string entryPoint)
    {
        (Name, EntryPoint) = (name, entryPoint);
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(new StringReader(Repository.Read(name)))));
        Root = (YamlMappingNode)stream.Documents.Single().RootNode;
        Services = ((YamlMappingNode)Root["services"]).ToDictionary(pair => pair.Key.ToString(), pair => new ComposeService(pair.Key.ToString(), (YamlMappingNode)pair.Value));
    }

    public static ComposeFile Development { get; } = new("docker-compose.yml", "web");

    public static ComposeFile Production { get; } = new("docker-compose.prod.yml", "http");

    public static TheoryData<string> Both { get; } = [Development.Name, Production.Name];

    public string Name { get; }

    /// <summary>What Traefik calls port 80 (contract.md 17.1).</summary>
    public string EntryPoint { get; }

    public YamlMappingNode Root { get; }

    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    /// <summary>The services that are this project's own programs.</summary>
    public IEnumerable<ComposeService> Programs => [Services["silo"], Services["gateway"]];

    public static ComposeFile Of(string name) => name == Development.Name ? Development : Production;

    /// <summary>Every variable that the file uses, with what stands behind its name; a variable of a container without a value is passed on from outside as well.</summary>
    public IEnumerable<(string Name, string Otherwise)> Variables() => Repository.Lines(Name).SelectMany(Tests.Variables.In)
        .Concat(Services.Values.SelectMany(service => service.Environment).Where(pair => pair.Value is null).Select(pair => (pair.Key, "")));
}

/// <summary>One service of a compose file.</summary>
internal sealed class ComposeService(string name, YamlMappingNode node)
{
    public string Name => name;

    public IReadOnlyDictionary<string, string?> Environment => Node("environment") is YamlMappingNode map
        ? map.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value is YamlScalarNode { Value: { Length: > 0 } value } ? value : null) : new Dictionary<string, string?>();

    public IReadOnlyDictionary<string, string> Labels => List("labels").Select(label => label.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    public YamlNode? Node(params string[] path) =>
        path.Aggregate((YamlNode?)node, (at, step) => at is YamlMappingNode map && map.Children.TryGetValue(step, out var next) ? next : null);

    public string? Text(params string[] path) => (Node(path) as YamlScalarNode)?.Value;

    public IReadOnlyList<string> List(params string[] path) => Node(path) is YamlSequenceNode list ? [.. list.Select(one => one.ToString())] : [];

    /// <summary>Ports, variables replaced: <c>127.0.0.1:80:80</c>.</summary>
    public IEnumerable<string> Ports(IReadOnlyDictionary<string, string> values) => List("ports").Select(port => Variables.Resolve(port, values));

    public override string ToString() => name;
}
