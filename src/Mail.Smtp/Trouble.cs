using Microsoft.Extensions.Logging;

namespace Ticketing.Mail.Smtp;

/// <summary>A trouble that many mails meet, and that is told once a minute.</summary>
internal sealed class Trouble(TimeProvider time)
{
    private static readonly TimeSpan Reminding = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private DateTimeOffset toldAt = DateTimeOffset.MinValue;

    /// <summary>How loud to tell of it now.</summary>
    public LogLevel Level()
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (now - toldAt < Reminding) return LogLevel.Debug;
            toldAt = now;
            return LogLevel.Warning;
        }
    }
}
