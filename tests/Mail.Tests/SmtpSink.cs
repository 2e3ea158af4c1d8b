using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ticketing.Mail.Tests;

/// <summary>A mail as it came over the wire.</summary>
internal sealed record Received(string From, string To, string Content)
{
    public string Header(string name) => Assert.Single(Headers, line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];

    public string[] Headers => Content[..Content.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");

    public string Body => Content[(Content.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}

/// <summary>A mail server on this machine that keeps what it gets, and answers as a test tells it to.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<Task> sessions = [];
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly Task accepting;
    private int connections;

    public SmtpSink()
    {
        listener.Start();
        accepting = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What is answered to a command instead of the usual, for instance "550 no"; the word "hang" is no answer at all, "drop" hangs up.</summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    /// <summary>What the greeting offers.</summary>
    public string[] Offers { get; set; } = ["8BITMIME"];

    public ConcurrentQueue<Received> Mails { get; } = new();

    public ConcurrentQueue<string> Commands { get; } = new();

    public int Connections => connections;

    /// <summary>Ends when somebody waits for an answer that does not come.</summary>
    public Task Hanging => hanging.Task;

    public void HangUp()
    {
        foreach (var client in open.Keys) client.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        HangUp();
        await accepting;
        await Task.WhenAll(sessions);
        stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref connections);
                open[client] = true;
                sessions.Add(Serve(client));
            }
        }
        catch (Exception exception) when (stop.IsCancellationRequested && exception is (OperationCanceledException or SocketException or InvalidOperationException))
        {
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            string from = "", to = "";
            for (var command = "CONNECT"; command is not null; command = await reader.ReadLineAsync(stop.Token))
            {
                Commands.Enqueue(command);
                var answer = Answer(command) ?? Usual(command);
                if (command.StartsWith("MAIL FROM:", StringComparison.Ordinal)) from = Between(command);
                if (command.StartsWith("RCPT TO:", StringComparison.Ordinal)) to = Between(command);
                if (!await Say(writer, answer)) return;
                if (command != "DATA" || answer[0] != '3') continue;

                var mail = new Received(from, to, await Content(reader));
                answer = Answer(".") ?? "250 kept";
                if (answer[0] == '2') Mails.Enqueue(mail);
                if (!await Say(writer, answer)) return;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has hung up, or the test is over.
        }
        finally
        {
            open.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task<bool> Say(StreamWriter writer, string answer)
    {
        if (answer == "drop") return false;
        if (answer == "hang")
        {
            hanging.TrySetResult();
            await Task.Delay(Timeout.Infinite, stop.Token);
        }

        await writer.WriteLineAsync(answer.AsMemory(), stop.Token);
        return true;
    }

    private async Task<string> Content(StreamReader reader)
    {
        var content = new StringBuilder();
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".")
        {
            content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        return content.ToString();
    }

    private string Usual(string command) => command.Split(' ', ':')[0] switch
    {
        "CONNECT" => "220 sink",
        "EHLO" => string.Join("\r\n", ["250-sink", .. Offers.Select(offer => $"250-{offer}"), "250 HELP"]),
        "DATA" => "354 go on",
        "AUTH" => "235 welcome",
        _ => "250 fine",
    };

    private static string Between(string command) => command[(command.IndexOf('<') + 1)..command.LastIndexOf('>')];
}
