using System.Collections.Concurrent;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Tests.Users;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>A mailer that notes what it sends, and whose result is written in the address.</summary>
internal sealed class ScriptedMailer : IMailer
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> hanging = new();

    public ConcurrentQueue<Mail> Sent { get; } = new();

    /// <summary>What happens just before a mail of a key is sent.</summary>
    public ConcurrentDictionary<string, Action> Before { get; } = new();

    /// <summary>Ends when a mail to this address hangs.</summary>
    public Task Hanging(string address) => Signal(address).Task.WaitAsync(TimeSpan.FromSeconds(30));

    public async Task<MailResult> Send(Mail mail, CancellationToken cancellation)
    {
        await Task.Yield();
        switch (mail.To.Split('@')[0])
        {
            case "refused":
                return MailResult.Refused;
            case "later":
                return MailResult.TryLater;
            case "fails":
                throw new InvalidOperationException($"a mailer that failed {AccountStore.OnPurpose}");
            case "hangs":
                Signal(mail.To).TrySetResult();
                await new TaskCompletionSource().Task;
                break;
        }

        if (Before.TryRemove(mail.Key, out var happens)) happens();
        Sent.Enqueue(mail);
        return MailResult.Sent;
    }

    private TaskCompletionSource Signal(string address) => hanging.GetOrAdd(address, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
