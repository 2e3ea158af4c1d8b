using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>What stands on an engine through the process's one writer, registered as the product registers it.</summary>
public abstract class LoopConformance : EngineConformance
{
    private readonly Logs logs = new();
    private ServiceProvider services;

    protected LoopConformance(Database database)
        : base(database) => services = Wire();

    /// <summary>One of the registered ports.</summary>
    protected T Port<T>()
        where T : notnull => services.GetRequiredService<T>();

    public override async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await base.DisposeAsync();
        Assert.Empty(logs.Errors);
    }

    /// <summary>Ends the writer and the engine and starts them again.</summary>
    protected async Task Restart()
    {
        await services.DisposeAsync();
        Reopen();
        services = Wire();
    }

    private ServiceProvider Wire() =>
        new ServiceCollection().AddSingleton<ILogger<CommitLoop>>(logs).AddSingleton(Engine).AddTicketingStorage().BuildServiceProvider();
}
