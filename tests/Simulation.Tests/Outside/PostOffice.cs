using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Users;

namespace Ticketing.Simulation.Tests.Outside;

/// <summary>A mail server. What it takes it keeps, also when its answer gets lost.</summary>
internal sealed class PostOffice(World world) : IMailer
{
    private readonly SortedDictionary<string, List<Mail>> mails = new(StringComparer.Ordinal);

    /// <summary>The mails that it took, by key.</summary>
    public IReadOnlyDictionary<string, List<Mail>> Mails => mails;

    /// <summary>How many of its answers got lost: so many mails may come again.</summary>
    public int LostAnswers { get; private set; }

    public Task<MailResult> Send(Mail mail, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<MailResult>();
        var fault = world.Chaos.OfMail();
        if (fault == BankFault.Deaf) return done.Task;
        world.Scheduler.Later("a mail is handed over", null, () =>
        {
            if (fault == BankFault.Error)
            {
                done.TrySetResult(MailResult.TryLater);
                return;
            }

            if (!mails.TryGetValue(mail.Key, out var same)) mails.Add(mail.Key, same = []);
            same.Add(mail);
            if (fault == BankFault.AnswerLost) LostAnswers++;
            else done.TrySetResult(MailResult.Sent);
        });
        return done.Task;
    }
}

/// <summary>Everybody has an address.</summary>
internal sealed class People : IUserRecords
{
    public ValueTask<Page<UserRecord>> List(PageRequest page) => throw new NotSupportedException();

    public ValueTask<UserRecord?> Find(UserId id) => new(new UserRecord(id, "A", "Person", $"{id}@example.org"));
}
