using Orleans.TestingHost;
using Ticketing.Grains.Abstractions.Notifications;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Jobs;

/// <summary>Each piece of work once, however many silos there are, and none lost with a silo that stops or dies in the middle of it.</summary>
public sealed class ThreeSilosTests(ITestOutputHelper output)
{
    private const int Many = 500;

    [Fact]
    public async Task Three_silos_settle_each_payment_and_send_each_notification_once()
    {
        await using var silos = await ThreeSilos.Start();
        var tickets = await silos.Buy(Many);
        var told = await silos.Tell(Many);

        silos.Tick();
        // What a settled payment brings about is told in a later round.
        await silos.Until(async () => await AllActive(silos) && await AllSent(silos, (2 * Many) + Many));

        await Check(silos, tickets, told);
        Assert.All(tickets, ticket => Assert.Equal(1, silos.Provider.Asked(ticket.PaymentId)));
        Assert.All(silos.Mailer.Sent, mails => Assert.Single(mails));
        silos.AssertNoErrors();
    }

    [Fact]
    public Task A_silo_that_stops_in_the_middle_of_a_round_loses_nothing() => Leave((silos, silo) => silos.Stop(silo), isKilled: false);

    [Fact]
    public Task A_silo_that_is_killed_in_the_middle_of_a_round_loses_nothing() => Leave((silos, silo) => silos.Kill(silo), isKilled: true);

    private async Task Leave(Func<ThreeSilos, InProcessSiloHandle, Task> leave, bool isKilled)
    {
        await using var silos = await ThreeSilos.Start();
        var tickets = await silos.Buy(Many);
        var told = await silos.Tell(Many);
        silos.Mailer.Before = Many / 5;
        silos.Provider.HoldAfter(Many / 5);

        silos.Tick();
        await Task.WhenAll(silos.Mailer.Held, silos.Provider.Held);
        var leaving = leave(silos, silos.Silos[^1]);
        // A silo that is killed takes what it has under way with it; one that stops ends it first.
        if (isKilled) await leaving;
        silos.Mailer.Release();
        silos.Provider.Release();
        await leaving;
        Assert.Equal(2, silos.Silos.Count);
        await silos.WakeJobs();

        await silos.Until(async () => await AllActive(silos) && await AllSent(silos, (2 * Many) + Many));

        await Check(silos, tickets, told);
        output.WriteLine($"{tickets.Count(ticket => silos.Provider.Asked(ticket.PaymentId) > 1)} payments were asked for again, {silos.Mailer.Sent.Count(mails => mails.Count() > 1)} mails sent again");
    }

    private static async Task<bool> AllActive(ThreeSilos silos) =>
        (await silos.Tickets()).All(ticket => ticket.Status == TicketStatus.Active) && (await silos.Payments()).All(payment => payment.Status == PaymentStatus.Success);

    private static async Task<bool> AllSent(ThreeSilos silos, int count) =>
        await silos.Notifications() is { } all && all.Count == count && all.All(notification => notification.Status == NotificationStatus.Sent);

    private static async Task Check(ThreeSilos silos, TicketRecord[] tickets, NotificationId[] told)
    {
        // The provider's books know a payment by its id: however often it was asked, the money was taken once.
        Assert.All(tickets, ticket => Assert.Equal(["taken"], silos.Provider.Books(ticket.PaymentId)));
        Assert.Equal(tickets.Select(ticket => ticket.PaymentId).ToHashSet(), (await silos.Payments()).Select(payment => payment.Id).ToHashSet());
        Assert.All(await silos.Tickets(), ticket => Assert.Equal(TicketStatus.Active, ticket.Status));

        // A mail that goes out again has its key, so that it can be told, and says the same to the same person.
        var notifications = (await silos.Notifications()).ToDictionary(notification => notification.Id.ToString());
        Assert.Equal((2 * tickets.Length) + told.Length, notifications.Count);
        Assert.Equal(notifications.Keys.Order(StringComparer.Ordinal), silos.Mailer.Sent.Select(mails => mails.Key).Order(StringComparer.Ordinal));
        Assert.All(silos.Mailer.Sent, mails => Assert.Equal(notifications[mails.Key].Message, Assert.Single(mails.Distinct()).Text));
        Assert.All(told, id => Assert.True(silos.Mailer.Sent.Contains(id.ToString())));
    }
}
