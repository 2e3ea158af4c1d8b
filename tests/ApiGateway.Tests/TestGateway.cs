using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Ticketing.ApiGateway.Auth;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Tests;

/// <summary>The gateway behind a real server on a free port. The grains are those a test gives; all others fail the request.</summary>
public sealed class TestGateway : IAsyncLifetime, IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    public static readonly byte[] ExternalKey = Encoding.ASCII.GetBytes("external-signature-of-tests-32-bytes");
    public static readonly byte[] InternalKey = Encoding.ASCII.GetBytes("internal-signature-of-tests-32-bytes");

    private readonly WebApplication app;
    private HttpClient? client;

    public TestGateway()
        : this(internalActsAsAdmin: true)
    {
    }

    internal TestGateway(bool internalActsAsAdmin, Func<GatewaySettings, GatewaySettings>? change = null)
    {
        var settings = new GatewaySettings(ExternalKey, InternalKey) { InternalTokenActsAsAdmin = internalActsAsAdmin };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(Faults);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IGrainFactory>(Grains);
        builder.Services.AddTicketingGateway(change?.Invoke(settings) ?? settings);
        Grains.On<IEndedTokenListGrain>(call => Task.FromResult(EndedSince((DateTimeOffset)call.Arguments[0]!)));
        app = builder.Build();
        app.MapTicketingGateway();
    }

    /// <summary>What the cluster says was ended.</summary>
    public ConcurrentQueue<EndedToken> EndedElsewhere { get; } = new();

    public EndedTokens Ended => app.Services.GetRequiredService<EndedTokens>();

    public FakeTimeProvider Time { get; } = new(Start);

    public FakeGrains Grains { get; } = new();

    public ErrorLog Faults { get; } = new();

    public Tokens Tokens => app.Services.GetRequiredService<Tokens>();

    public Admission Admission => app.Services.GetRequiredService<Admission>();

    public HttpClient Client => client!;

    public static UserId Somebody { get; } = new(RecordId.Parse("65f0c1d2e3a4b5c6d7e8f901"));

    public async Task InitializeAsync()
    {
        await Open();
        await Ended.Filled.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Opens the gateway, whether or not it can find out which tokens were ended.</summary>
    public async Task Open()
    {
        await app.StartAsync();
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    /// <summary>Lets time pass, and the gateway look for ended tokens, until something is so.</summary>
    public async Task Looks(Func<Task<bool>> until)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await until())
        {
            Time.Advance(EndedTokenPoll.Interval);
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        await app.DisposeAsync();
    }

    public string Token(Role role) => Tokens.MintExternal(Somebody, role);

    private Page<EndedToken> EndedSince(DateTimeOffset moment) => new([.. EndedElsewhere.Where(one => one.EndedAt > moment)], null);

    public Task<Reply> Get(string path, string? token = null) => Send(HttpMethod.Get, path, null, token);

    public Task<Reply> Post(string path, string body, string? token = null) => Send(HttpMethod.Post, path, body, token);

    public async Task<Reply> Send(HttpMethod method, string path, string? body, string? token, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await Send(request);
    }

    public async Task<Reply> Send(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        return new Reply((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }
}

/// <summary>An answer that has been read to its end.</summary>
public sealed record Reply(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Text)
{
    public JsonElement Json { get; } = Text.StartsWith('{') ? JsonDocument.Parse(Text).RootElement : default;

    public string? Error => Json.GetProperty("error").GetString();

    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>Fails unless this is the failure envelope with this status.</summary>
    public Reply MustFail(int status)
    {
        Assert.True(status == Status, $"{Status} instead of {status}: {Text}");
        Assert.Equal("application/json", ContentHeaders.ContentType?.MediaType);
        Assert.False(Json.GetProperty("success").GetBoolean());
        Assert.NotEqual("", Json.GetProperty("message").GetString());
        Assert.NotEqual("", Error);
        Assert.False(Json.TryGetProperty("data", out _));
        Assert.DoesNotContain("System.", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ticketing.", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Body", Text, StringComparison.Ordinal);
        return this;
    }

    /// <summary>Fails unless this is the success envelope.</summary>
    public JsonElement MustSucceed()
    {
        Assert.True(Status == 200, $"{Status} instead of 200: {Text}");
        Assert.True(Json.GetProperty("success").GetBoolean());
        Assert.NotEqual("", Json.GetProperty("message").GetString());
        return Json.TryGetProperty("data", out var data) ? data : default;
    }
}

/// <summary>Keeps what was logged as an error or worse.</summary>
public sealed class ErrorLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();
    private int warnings;

    /// <summary>How many warnings there were.</summary>
    public int Warnings => Volatile.Read(ref warnings);

    public IReadOnlyCollection<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Warning)
            Interlocked.Increment(ref warnings);
        if (logLevel >= LogLevel.Error)
            lines.Enqueue(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}
