using Microsoft.Extensions.Configuration;
using Ticketing.ApiGateway.Watching;

namespace Ticketing.ApiGateway.Tests.Watching;

/// <summary>The variables that name a collector.</summary>
public sealed class SettingTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(" ", "nonsense")]
    [InlineData("http://collector:4317", null)]
    [InlineData("https://collector.example.org:4318/base", "http/protobuf")]
    [InlineData("http://127.0.0.1:4317", "grpc")]
    public void Good_ones_are_good(string? endpoint, string? protocol) => Assert.Null(Problem(endpoint, protocol));

    [Theory]
    [InlineData("collector:4317", null, "OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317'")]
    [InlineData("/collector", null, "OTEL_EXPORTER_OTLP_ENDPOINT is '/collector'")]
    [InlineData("http://collector:4317", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json'")]
    public void A_bad_one_is_told_in_one_line_that_names_it(string endpoint, string? protocol, string line)
    {
        var problem = Problem(endpoint, protocol);
        Assert.StartsWith(line, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem!);
    }

    private static string? Problem(string? endpoint, string? protocol) => WatchingExtensions.Problem(new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol }).Build());
}
