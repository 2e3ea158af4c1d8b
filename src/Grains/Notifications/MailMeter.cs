using System.Diagnostics.Metrics;

namespace Ticketing.Grains.Notifications;

/// <summary>Counts mails.</summary>
internal sealed class MailMeter
{
    private readonly Counter<long> sent;
    private readonly Counter<long> failed;
    private readonly Counter<long> postponed;

    public MailMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Meters.Name);
        sent = meter.CreateCounter<long>("ticketing.mails.sent", "{mail}", "Mails that the mail server took");
        failed = meter.CreateCounter<long>("ticketing.mails.failed", "{mail}", "Mails that failed for good: the addressee is unknown or refused, or it was tried too often");
        postponed = meter.CreateCounter<long>("ticketing.mails.postponed", "{attempt}", "Attempts to send a mail that failed and are repeated later");
    }

    public void Sent() => sent.Add(1);

    public void Failed() => failed.Add(1);

    public void Postponed() => postponed.Add(1);
}
