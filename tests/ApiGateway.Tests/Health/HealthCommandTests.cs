using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ticketing.ApiGateway.Health;

namespace Ticketing.ApiGateway.Tests.Health;

/// <summary>The command by which a container asks itself.</summary>
public class HealthCommandTests
{
    [Fact]
    public async Task A_program_that_is_ready_is_told_by_exit_code_0_and_no_word() => Assert.Equal((0, ""), await Ask(async context =>
    {
        context.Response.StatusCode = context.Request.Path == "/health/ready" && context.Request.Method == "GET" ? 200 : 404;
        await context.Response.WriteAsync("fine");
    }));

    [Fact]
    public async Task A_program_that_is_not_ready_is_told_by_exit_code_1_and_its_reason_in_one_line()
    {
        var (code, line) = await Ask(async context =>
        {
            context.Response.StatusCode = 503;
            await context.Response.WriteAsync($"the database\ndoes not answer{new string('!', 1000)}");
        });
        Assert.Equal(1, code);
        Assert.Matches("^Not ready: http://127.0.0.1:[0-9]+/health/ready answers 503 the database does not answer!+$", line);
        Assert.InRange(line.Length, 100, 500);
    }

    [Fact]
    public async Task A_redirection_is_not_followed() => Assert.Equal(1, (await Ask(context =>
    {
        if (context.Request.Path == "/health/ready") context.Response.Redirect("/elsewhere");
        return Task.CompletedTask;
    })).Code);

    [Fact]
    public async Task A_program_that_hangs_up_is_not_ready()
    {
        var (code, line) = await Ask(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        Assert.Equal(1, code);
        Assert.Contains("does not answer", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_listen_or_never_answers_is_not_ready()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}";
        // Connections are taken by the system; nobody answers on them.
        var (code, line) = await Run($"--urls={url}");
        Assert.Equal(1, code);
        Assert.StartsWith($"Not ready: {url}/health/ready does not answer: ", line, StringComparison.Ordinal);
        listener.Stop();
        Assert.StartsWith($"Not ready: {url}/health/ready does not answer: ", (await Run($"--urls={url}")).Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://+:8080", "http://127.0.0.1:8080/health/ready")]
    [InlineData("http://*:81", "http://127.0.0.1:81/health/ready")]
    [InlineData("http://0.0.0.0:8080/", "http://127.0.0.1:8080/health/ready")]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080/health/ready")]
    [InlineData("http://localhost:8080", "http://localhost:8080/health/ready")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080/health/ready")]
    [InlineData("http://10.0.0.7", "http://10.0.0.7/health/ready")]
    [InlineData("http://+:8080/tickets", "http://127.0.0.1:8080/tickets/health/ready")]
    [InlineData("https://+:8443; http://+:8080", "http://127.0.0.1:8080/health/ready")]
    public void Addresses_that_mean_every_interface_are_asked_on_the_machine_itself(string urls, string asked) =>
        Assert.Equal(asked, HealthCommand.AddressOf(urls)?.ToString());

    [Theory]
    [InlineData("https://+:8443")]
    [InlineData("http://unix:/run/ticketing.sock")]
    [InlineData("http://+:0")]
    [InlineData("nonsense")]
    [InlineData("http://+:99999999999")]
    public async Task Addresses_that_cannot_be_asked_are_told_in_one_line(string urls)
    {
        var (code, line) = await Run($"--urls={urls}");
        Assert.Equal((1, $"Not ready: nothing can be asked on '{urls}', which names no http address with a port"), (code, line));
    }

    private static async Task<(int Code, string Line)> Ask(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return await Run($"--urls={app.Urls.Single()}");
    }

    private static async Task<(int Code, string Line)> Run(string option)
    {
        await using var errors = new StringWriter();
        var code = await HealthCommand.Run(["health", option], errors);
        var text = errors.ToString();
        Assert.Equal(text.Length == 0 ? 0 : 1, text.Count(character => character == '\n'));
        return (code, text.TrimEnd());
    }
}
