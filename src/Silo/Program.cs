using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Health;
using Ticketing.Clustering.Mongo;
using Ticketing.Silo;
using Ticketing.Silo.Demo;
using Ticketing.Silo.Moving;
using Ticketing.Silo.Restore;
using Ticketing.Silo.Verifying;
using Ticketing.Storage;

try
{
    if (args is ["health", ..]) return await HealthCommand.Run(args, Console.Error);
    if (args is ["demo", ..]) return await OnSale.Run(Console.Out);
    if (args.Any(argument => argument is "--help" or "-h" or "-?"))
    {
        Console.Out.WriteLine(Banner.Usage);
        return 0;
    }

    if (args is ["copy", .. var places]) return await CopyCommand.Run(places, Console.Out, Console.Error);
    if (args is ["verify", .. var what]) return await VerifyCommand.Run(what, () => Read([]), Console.Out, Console.Error);
    if (args is ["restore", .. var rest]) return await RestoreCommand.Run(rest, Read, Console.Out, Console.Error);
    if (args is [var word, ..] && !word.StartsWith('-')) throw new SettingsException($"unknown command '{word}': nothing (to serve), health, demo, restore <directory>, copy --from <database> --to <database>, or verify --event <id> | --all [<database>]");
    var settings = Read(args);
    await using var app = await TicketingHost.Build(settings);
    var administrator = await app.StartTicketing(settings);
    Banner.Write(Console.Out, app, settings, administrator);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is SettingsException or StorageException or DatabaseException)
{
    return await ProgramStart.Refused(e);
}

static Settings Read(string[] options) => Settings.Read(ProgramStart.Configuration(options), ProgramStart.IsDevelopment);
