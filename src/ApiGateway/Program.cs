using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Health;
using Ticketing.Clustering.Mongo;

const string Usage = """
    Ticketing.ApiGateway           serves the HTTP API of a cluster; --urls=http://localhost:8080 says where
    Ticketing.ApiGateway health    exit code 0 when the gateway that serves on this machine is ready

    Settings are environment variables (DATABASE_URL, JWT_EXTERNAL_SIGNATURE, JWT_INTERNAL_SIGNATURE, ...); the README lists them.
    """;
var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT");
var isDevelopment = string.Equals(environment, Environments.Development, StringComparison.OrdinalIgnoreCase);

try
{
    if (args.Any(argument => argument is "--help" or "-h" or "-?"))
    {
        Console.Out.WriteLine(Usage);
        return 0;
    }

    if (args is ["health", ..]) return await HealthCommand.Run(args, Console.Error);
    if (args is [var word, ..] && !word.StartsWith('-')) throw new SettingsException($"unknown command '{word}': nothing (to serve) or health");
    var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddCommandLine(args).Build();
    var settings = ProgramSettings.Read(new SettingsReader(configuration, isDevelopment));
    await using var app = await GatewayHost.Build(settings);
    Console.Out.WriteLine($"A gateway of Ticketing waits for a silo in {app.Services.GetRequiredService<MongoConnection>().Name}. Ctrl-C ends it.");
    await app.StartGateway(settings);
    var address = app.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
    Console.Out.WriteLine($"""

        A gateway of Ticketing is open ({(isDevelopment ? "development" : "production")}).
          API        {address}/api
          Swagger    {address}/api/events/doc/   (and auth, users, tickets, payments, notifications, backups)
          Health     {address}{HealthExtensions.Ready}

        """);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (OperationCanceledException)
{
    // Ended before there was a silo.
    return 0;
}
catch (Exception e) when (e is SettingsException or DatabaseException)
{
    // One line, also of a message from elsewhere that goes on to explain.
    await Console.Error.WriteLineAsync($"Ticketing cannot start: {e.Message.ReplaceLineEndings("\n").Split('\n')[0]}");
    return 1;
}
