using System.Globalization;
using System.Net;

namespace Ticketing.ApiGateway;

/// <summary>Reads settings, each of which is right or ends the start. The names of the environment are those of contract.md 16; ours begin with <c>Ticketing__</c>.</summary>
/// <param name="configuration">Environment variables and command line.</param>
/// <param name="isDevelopment">Whether the environment is Development.</param>
public sealed class SettingsReader(IConfiguration configuration, bool isDevelopment)
{
    /// <summary>The addresses that HTTP is served on in Development when none is named.</summary>
    public const string DevelopmentUrls = "http://localhost:8080";

    private const string ProductionUrls = "http://+:8080";

    /// <summary>Whether the environment is Development.</summary>
    public bool IsDevelopment => isDevelopment;

    /// <summary>A setting under its full name, without spaces around it; absent when it is empty.</summary>
    public string? Text(string name) => configuration[name]?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>One of ours (<c>Ticketing__…</c>); absent when it is empty.</summary>
    public string? Own(string name) => Text($"Ticketing:{name}");

    /// <summary>One of ours that is true or false.</summary>
    /// <exception cref="SettingsException">It is neither.</exception>
    public bool Switch(string name, bool otherwise) => Own(name) is not { } text ? otherwise
        : bool.TryParse(text, out var value) ? value : throw new SettingsException($"Ticketing__{name} is '{text}': true or false");

    /// <summary>One of ours that is a whole number within limits.</summary>
    /// <exception cref="SettingsException">It is not.</exception>
    public int Number(string name, int otherwise, int least, int most) => Own(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new SettingsException($"Ticketing__{name} is '{text}': a whole number from {least} to {most}");

    /// <summary>The addresses that HTTP is served on (<c>ASPNETCORE_URLS</c>, <c>--urls</c>).</summary>
    /// <exception cref="SettingsException">One of them is none.</exception>
    public string Urls()
    {
        var urls = Text("urls") ?? (isDevelopment ? DevelopmentUrls : ProductionUrls);
        var all = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return all.Length > 0 && all.All(IsAddress) ? urls
            : throw new SettingsException($"ASPNETCORE_URLS or --urls is '{urls}': addresses like {DevelopmentUrls}, with semicolons between them");
    }

    /// <summary>How long a stop waits for what is under way (<c>Ticketing__DrainSeconds</c>).</summary>
    /// <exception cref="SettingsException">It is no number of seconds.</exception>
    public TimeSpan Drain() => TimeSpan.FromSeconds(Number("DrainSeconds", 30, 1, 600));

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", Port: >= 0 and <= IPEndPoint.MaxPort };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
