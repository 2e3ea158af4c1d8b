using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Auth;

namespace Ticketing.Silo.Tests.Auth;

/// <summary>Another gateway of the same cluster, with a memory of its own.</summary>
internal sealed class SecondGateway : IAsyncDisposable
{
    private readonly WebApplication app;

    private SecondGateway(WebApplication app)
    {
        this.app = app;
        Api = new Api(new Uri(app.Urls.First()));
    }

    public Api Api { get; }

    public static async Task<SecondGateway> Of(Server server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(server.Log);
        builder.Services.AddSingleton(server.App.Services.GetRequiredService<IGrainFactory>());
        builder.Services.AddTicketingGateway(server.App.Services.GetRequiredService<GatewaySettings>());
        var app = builder.Build();
        app.MapTicketingGateway();
        await app.StartAsync();
        await app.Services.GetRequiredService<EndedTokens>().Filled.WaitAsync(TimeSpan.FromSeconds(30));
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await app.DisposeAsync();
    }
}
