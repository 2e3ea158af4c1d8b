using System.Runtime;
using System.Text.Json.Nodes;

namespace Ticketing.OnSale.Serving;

/// <summary>A server process. Says where it serves, then carries out one command a line until there are no more.</summary>
internal static class Server
{
    public static async Task<int> Run(string part)
    {
        await using IPart serving = part switch
        {
            "limits" => await Limits.Start(),
            "sale" => await Sale.Start(),
            _ when part.StartsWith(RivalServer.Prefix, StringComparison.Ordinal) => await RivalServer.Start(part),
            _ => throw new ArgumentException($"no part {part}"),
        };
        Say(new() { ["address"] = serving.Address });
        while (await Console.In.ReadLineAsync() is { } line)
        {
            try
            {
                var arguments = (JsonObject)JsonNode.Parse(line)!;
                var command = (string)arguments["do"]!;
                Say(command == "compiled" ? new() { ["methods"] = JitInfo.GetCompiledMethodCount() } : await serving.Do(command, arguments));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Say(new() { ["fault"] = e.ToString() });
            }
        }

        return 0;
    }

    private static void Say(JsonObject answer) => Console.Out.WriteLine(Child.Mark + answer.ToJsonString());
}

/// <summary>What a server process serves.</summary>
internal interface IPart : IAsyncDisposable
{
    /// <summary>Where.</summary>
    string Address { get; }

    /// <summary>Carries out a command.</summary>
    Task<JsonObject> Do(string command, JsonObject arguments);
}
