using System.Diagnostics.Metrics;

namespace Ticketing.Grains.Notifications;

/// <summary>Counts mails.</summary>
internal sealed class MailMeter
{
    private long sent;
    private long failed;
    private long postponed;

    public MailMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Meters.Name);
        meter.CreateObservableCounter("ticketing.mails.sent", () => Interlocked.Read(ref sent), "{mail}", "Mails that the mail server took");
        meter.CreateObservableCounter(
            "ticketing.mails.failed", () => Interlocked.Read(ref failed), "{mail}", "Mails that failed for good: the addressee is unknown or refused, or it was tried too often");
        meter.CreateObservableCounter("ticketing.mails.postponed", () => Interlocked.Read(ref postponed), "{attempt}", "Attempts to send a mail that failed and are repeated later");
    }

    public void Sent() => Interlocked.Increment(ref sent);

    public void Failed() => Interlocked.Increment(ref failed);

    public void Postponed() => Interlocked.Increment(ref postponed);
}
