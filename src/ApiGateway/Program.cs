using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Health;
using Ticketing.Clustering.Mongo;

const string Usage = """
    Ticketing.ApiGateway           serves the HTTP API of a cluster; --urls=http://localhost:8080 says where
    Ticketing.ApiGateway health    exit code 0 when the gateway that serves on this machine is ready

    Settings are environment variables (DATABASE_URL, JWT_EXTERNAL_SIGNATURE, JWT_INTERNAL_SIGNATURE, ...); the README lists them.
    """;

try
{
    if (args.Any(argument => argument is "--help" or "-h" or "-?"))
    {
        Console.Out.WriteLine(Usage);
        return 0;
    }

    if (args is ["health", ..]) return await HealthCommand.Run(args, Console.Error);
    if (args is [var word, ..] && !word.StartsWith('-')) throw new SettingsException($"unknown command '{word}': nothing (to serve) or health");
    var settings = ProgramSettings.Read(new SettingsReader(ProgramStart.Configuration(args), ProgramStart.IsDevelopment));
    await using var app = await GatewayHost.Build(settings);
    Console.Out.WriteLine($"A gateway of Ticketing waits for a silo in {app.Services.GetRequiredService<MongoConnection>().Name}. Ctrl-C ends it.");
    await app.StartGateway(settings);
    var address = app.Address();
    Console.Out.WriteLine($"""

        A gateway of Ticketing is open ({(settings.IsDevelopment ? "development" : "production")}).
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
    return await ProgramStart.Refused(e);
}
