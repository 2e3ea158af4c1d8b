using System.Collections.Concurrent;
using Ticketing.Grains.Notifications;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>A mailer that counts by key, and can hold up all mails after so many.</summary>
internal sealed class CountingMailer : IMailer
{
    private readonly ConcurrentQueue<Mail> sent = new();
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int begun;

    /// <summary>How many mails are let through before the others are held up.</summary>
    public int Before { get; set; } = int.MaxValue;

    /// <summary>Ends when a mail is held up.</summary>
    public Task Held => held.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>What was sent for each key.</summary>
    public ILookup<string, Mail> Sent => sent.ToLookup(mail => mail.Key);

    /// <summary>How many mails were sent, those that were sent again among them.</summary>
    public int Count => sent.Count;

    /// <summary>Lets all go on.</summary>
    public void Release() => released.TrySetResult();

    public async Task<MailResult> Send(Mail mail, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref begun) > Before)
        {
            held.TrySetResult();
            await released.Task.WaitAsync(cancellation);
        }

        sent.Enqueue(mail);
        return MailResult.Sent;
    }
}
