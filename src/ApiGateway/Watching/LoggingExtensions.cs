namespace Ticketing.ApiGateway.Watching;

/// <summary>What the programs write to their standard output.</summary>
public static class LoggingExtensions
{
    /// <summary>
    /// One line for each message: for people in Development, as JSON elsewhere, with the ids of the trace where there is one. Other people's code is heard from
    /// Warning on.
    /// </summary>
    /// <param name="builder">The program.</param>
    /// <param name="isDevelopment">Whether people read the lines as they come.</param>
    public static WebApplicationBuilder AddTicketingLogging(this WebApplicationBuilder builder, bool isDevelopment)
    {
        builder.Logging.ClearProviders();
        if (isDevelopment) builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
        else builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        // A start that fails is told in one line, by Program.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // It says nothing at the levels that are heard, but would put each request's path, which is the caller's, into the scope of every line; and make a span
        // for each request although nobody looks at spans.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // What is not ready is answered to who asks, again and again while a process starts; what is wrong is told where it is found.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // The runtime repeats, for every write, what the commit loop tells once and the grains tell in their own words.
        builder.Logging.AddFilter("Ticketing.Storage.GrainStorage", LogLevel.None);
        // These two warn of the garbage collector's mode, which is chosen, and of the time before the process began.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        return builder;
    }
}
