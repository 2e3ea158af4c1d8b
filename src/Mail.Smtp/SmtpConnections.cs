using MailKit.Net.Smtp;

namespace Ticketing.Mail.Smtp;

/// <summary>Connections to the mail server that were opened for one mail and wait a short while for the next.</summary>
internal sealed class SmtpConnections : IDisposable
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(15);
    private readonly MailSettings settings;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Stack<(SmtpClient Client, DateTimeOffset Since)> idle = new();
    private readonly ITimer sweep;
    private bool closed;

    public SmtpConnections(MailSettings settings, TimeProvider time)
    {
        (this.settings, this.time) = (settings, time);
        sweep = time.CreateTimer(_ => CloseIdle(time.GetUtcNow() - LongestIdle), null, LongestIdle, LongestIdle);
    }

    /// <summary>A connection that is logged in and was alive a moment ago. Whoever takes it puts it back or disposes of it.</summary>
    public async Task<SmtpClient> Take(CancellationToken cancellation)
    {
        while (Pop() is { } waiting)
        {
            try
            {
                await waiting.NoOpAsync(cancellation);
                return waiting;
            }
            catch (Exception) when (!cancellation.IsCancellationRequested)
            {
                // The server has hung up in the meantime, as servers do.
                waiting.Dispose();
            }
            catch
            {
                waiting.Dispose();
                throw;
            }
        }

        return await Open(cancellation);
    }

    public void PutBack(SmtpClient client)
    {
        lock (gate)
        {
            if (!closed && client.IsConnected)
            {
                idle.Push((client, time.GetUtcNow()));
                return;
            }
        }

        client.Dispose();
    }

    public void Dispose()
    {
        lock (gate) closed = true;
        sweep.Dispose();
        CloseIdle(DateTimeOffset.MaxValue);
    }

    private async Task<SmtpClient> Open(CancellationToken cancellation)
    {
        var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(settings.Host, settings.EffectivePort, settings.Protection, cancellation);
            if (settings.LogsIn) await client.AuthenticateAsync(settings.Username!, settings.Password!, cancellation);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private SmtpClient? Pop()
    {
        lock (gate) return idle.TryPop(out var top) ? top.Client : null;
    }

    private void CloseIdle(DateTimeOffset notSince)
    {
        (SmtpClient Client, DateTimeOffset Since)[] old;
        lock (gate)
        {
            old = [.. idle.Where(connection => connection.Since <= notSince)];
            var young = idle.Except(old).Reverse().ToArray();
            idle.Clear();
            foreach (var connection in young) idle.Push(connection);
        }

        foreach (var (client, _) in old) client.Dispose();
    }
}
