using Ticketing.Silo;
using Ticketing.Silo.Demo;
using Ticketing.Storage;

var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT");
var isDevelopment = string.Equals(environment, Environments.Development, StringComparison.OrdinalIgnoreCase);

try
{
    if (args is ["demo", ..]) return await OnSale.Run(Console.Out);
    if (args is [var word, ..] && !word.StartsWith('-')) throw new SettingsException($"unknown command '{word}': nothing (to serve), or demo");
    var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddCommandLine(args).Build();
    var settings = Settings.Read(configuration, isDevelopment);
    await using var app = TicketingHost.Build(settings);
    var administrator = await app.StartTicketing(settings);
    Banner.Write(Console.Out, app, settings, administrator);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is SettingsException or StorageException)
{
    // One line, also of a message from elsewhere that goes on to explain.
    await Console.Error.WriteLineAsync($"Ticketing cannot start: {e.Message.ReplaceLineEndings("\n").Split('\n')[0]}");
    return 1;
}
