namespace Ticketing.ApiGateway.Health;

/// <summary>
/// The command <c>health</c>: asks the program that serves on this machine whether it is ready. A container's health check thereby needs no other program in
/// the image.
/// </summary>
public static class HealthCommand
{
    private const string DefaultUrls = "http://+:8080";
    private const int LongestReason = 400;

    // Shorter than the shortest time-out of the health checks (5 s), so that the reason is told and not only that time ran out.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Asks, once.</summary>
    /// <param name="args">The command line: <c>health</c>, and <c>--urls=...</c> when the program was started with it. Otherwise it is found by <c>ASPNETCORE_URLS</c>, or on port 8080.</param>
    /// <param name="errors">Where the one line goes that says why it is not ready.</param>
    /// <returns>0 when it is ready; 1 when it is not, does not answer within 4 seconds, or serves on no address that can be asked.</returns>
    public static Task<int> Run(string[] args, TextWriter errors) => Ask(
        new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddCommandLine(args).Build()["urls"], errors);

    internal static async Task<int> Ask(string? urls, TextWriter errors)
    {
        if (AddressOf(string.IsNullOrWhiteSpace(urls) ? DefaultUrls : urls) is not { } address)
        {
            await errors.WriteLineAsync($"Not ready: nothing can be asked on '{urls}', which names no http address with a port");
            return 1;
        }

        try
        {
            // A proxy that is set for the way out is of no use on the way to oneself.
            using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
            using var client = new HttpClient(handler) { Timeout = Patience };
            using var answer = await client.GetAsync(address);
            if (answer.IsSuccessStatusCode) return 0;
            await errors.WriteLineAsync($"Not ready: {address} answers {(int)answer.StatusCode} {OneLine(await answer.Content.ReadAsStringAsync())}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"Not ready: {address} does not answer: {OneLine(e.Message)}");
        }

        return 1;
    }

    /// <summary>The first of the addresses that can be asked from the machine itself; those that mean every interface are asked on the loopback interface.</summary>
    internal static Uri? AddressOf(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Parse(url) is not { Scheme: "http", IsUnixPipe: false, IsNamedPipe: false, Port: > 0 } address) continue;
            var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
            if (Uri.TryCreate($"http://{host}:{address.Port}{address.PathBase}{HealthExtensions.Ready}", UriKind.Absolute, out var uri)) return uri;
        }

        return null;
    }

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= LongestReason ? line : line[..LongestReason];
    }
}
