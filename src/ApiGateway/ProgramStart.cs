using Ticketing.ApiGateway.Watching;

namespace Ticketing.ApiGateway;

/// <summary>How a program of ours begins, be it a gateway or a silo.</summary>
public static class ProgramStart
{
    /// <summary>Whether the environment is Development (<c>ASPNETCORE_ENVIRONMENT</c>, <c>DOTNET_ENVIRONMENT</c>).</summary>
    public static bool IsDevelopment => string.Equals(
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT"), Environments.Development, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is set from outside.</summary>
    /// <param name="options">The command line's settings, which count before the environment.</param>
    public static IConfiguration Configuration(string[] options) =>
        new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddCommandLine(options).Build();

    /// <summary>A program with its addresses, its log, its metrics, and its patience at the end.</summary>
    /// <param name="name"><c>silo</c> or <c>gateway</c>.</param>
    /// <param name="isDevelopment">Whether this is a developer's machine.</param>
    /// <param name="urls">The addresses that HTTP is served on.</param>
    /// <param name="drain">How long a stop waits for what is under way.</param>
    /// <exception cref="SettingsException">A setting of OpenTelemetry is wrong.</exception>
    public static WebApplicationBuilder Builder(string name, bool isDevelopment, string urls, TimeSpan drain)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = isDevelopment ? Environments.Development : Environments.Production,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseUrls(urls);
        builder.AddTicketingLogging(isDevelopment);
        if (WatchingExtensions.Problem(builder.Configuration) is { } problem) throw new SettingsException(problem);
        builder.AddTicketingWatching(name);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drain);
        return builder;
    }

    /// <summary>Where a program that has started is reached from this machine.</summary>
    public static string Address(this WebApplication app) =>
        app.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);

    /// <summary>Tells why a program does not start, in one line, also when the message is from elsewhere and goes on to explain.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> Refused(Exception reason)
    {
        await Console.Error.WriteLineAsync($"Ticketing cannot start: {reason.Message.ReplaceLineEndings("\n").Split('\n')[0]}");
        return 1;
    }
}
