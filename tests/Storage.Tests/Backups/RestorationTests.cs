using System.Text;
using Ticketing.Grains;
using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Backups;
using Ticketing.Grains.Events;
using Ticketing.Grains.Payments;
using Ticketing.Storage.Backups;

namespace Ticketing.Storage.Tests.Backups;

/// <summary>What a set of backups brings back, and which sets are turned away.</summary>
public sealed class RestorationTests : IAsyncLifetime
{
    private readonly Installation installation = Installation.Open();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await installation.DisposeAsync();

    [Fact]
    public async Task A_quiet_installation_comes_back_row_by_row_and_batch_by_batch()
    {
        installation.NewUser("ada@example.org", "Zoë\0 日本語");
        installation.NewUser("b@example.org");
        var ledger = await Sell("Carmen", 5);
        var gone = await Sell("Faust", 2);
        gone.Sale.Delete(installation.Operation(), Installation.Admin, null, Samples.Noon);
        gone.Sale.Tidy(Samples.Noon, 10);
        await Commit(gone);
        installation.Put(Tables.Notifications, Samples.Notification() with { IsDeleted = true });

        var (engine, restored) = await installation.Restore(await installation.BackUp());

        Assert.Equal((2, 7, 5, 2, 2), (restored.Events, restored.Tickets, restored.Seats, restored.Emails, restored.Credentials));
        Assert.Equal((1, 1, 0, 0), (restored.Titles, restored.EventsWithOpenWork, restored.TicketsLost, restored.TicketsOnlyInLedgers));
        foreach (var table in new RecordTable[] { Tables.Events, Tables.Tickets, Tables.Payments, Tables.Notifications, Tables.Users, Tables.Credentials })
            Assert.Equal(await Dump(installation.Engine, table), await Dump(engine, table));
        foreach (var key in new[] { Key(ledger), Key(gone) })
        {
            Assert.Equal(
                (await installation.Engine.ReadJournal(key, 0, 1000)).Select(batch => (batch.Number, batch.Id, Convert.ToHexString(batch.Payload))),
                (await engine.ReadJournal(key, 0, 1000)).Select(batch => (batch.Number, batch.Id, Convert.ToHexString(batch.Payload))));
        }
    }

    [Fact]
    public async Task Titles_and_addresses_are_taken_creations_are_known_and_open_work_is_woken_for()
    {
        var user = installation.NewUser("ada@example.org");
        var operation = installation.Operation();
        var ledger = await installation.NewEvent("Carmen", operation: operation);
        installation.Buy(ledger, 1);
        await Commit(ledger);
        var (engine, _) = await installation.Restore(await installation.BackUp());

        Assert.Contains(Key(ledger).ToString(), await State(engine, "title/title/Carmen"), StringComparison.Ordinal);
        Assert.Contains($"{user.Profile!.Id}", await State(engine, "email/email/ada@example.org"), StringComparison.Ordinal);
        Assert.Contains(Key(ledger).ToString(), await State(engine, $"new-event/new-event/{operation.Id}"), StringComparison.Ordinal);
        var reminder = Assert.Single(await engine.List(new(Tables.Reminders, [], Cell.None, 10)));
        Assert.Equal(($"event/{Key(ledger)}", "open-work"), (reminder.Members[1].Text, reminder.Members[2].Text));
    }

    [Fact]
    public async Task What_happened_while_the_set_was_taken_is_settled_by_the_ledgers()
    {
        var ledger = await installation.NewEvent("Carmen");
        var (paid, ended, declined) = (installation.Buy(ledger, 1), installation.Buy(ledger, 2), installation.Buy(ledger, 3));
        Installation.Settle(ledger, ended);
        await Commit(ledger);
        await installation.Pay(ended);
        TicketRecord? late = null;
        var set = await installation.BackUp(before: async service =>
        {
            if (service != BackupService.Events) return;
            Installation.Settle(ledger, paid);
            Installation.Settle(ledger, declined, succeeded: false);
            await Commit(ledger);
            await installation.Pay(paid);
            ledger.Sale.End(new(installation.Operation(), ended.Id, Installation.Admin, TicketStatus.Refunded), Samples.Noon);
            await Commit(ledger);
            await installation.Return(ended);
            ledger.Sale.AcknowledgeReturn(ended.Id, Samples.Noon);
            late = installation.Buy(ledger, 4);
            await Commit(ledger);
        });
        var (engine, restored) = await installation.Restore(set);

        Assert.Equal((4, 1, 0), (restored.Tickets, restored.TicketsOnlyInLedgers, restored.TicketsLost));
        Assert.Equal((1L, 1L), (restored.Learned[Learned.Paid], restored.Learned[Learned.ReturnDue]));
        // The provider was paid, then paid back; the file of payments knew neither.
        Assert.Equal((PaymentStatus.Success, null), Standing(await Installation.PaymentOf(paid, engine)));
        Assert.Equal((PaymentStatus.Success, PaymentReason.ReturnDue), Of(await Installation.PaymentOf(ended, engine)));
        Assert.NotNull((await Installation.PaymentOf(ended, engine)).NextAt);
        // Its event still asks for the return itself.
        Assert.Equal((PaymentStatus.Pending, PaymentReason.None), Of(await Installation.PaymentOf(declined, engine)));
        Assert.Equal(PaymentStatus.Pending, (await Installation.PaymentOf(late!, engine)).Payment!.Status);
        Assert.Contains(await engine.List(new(Tables.Notifications, [], Cell.None, 100)), row => Tables.Notifications.Read(row).NextAt is not null);
    }

    [Fact]
    public async Task Money_of_tickets_that_no_ledger_knows_goes_back_but_not_that_of_a_service()
    {
        var ledger = await installation.NewEvent("Carmen");
        var known = installation.Buy(ledger, 1);
        await Commit(ledger);
        var service = Samples.Payment() with { NextAt = null };
        service = service with { Payment = service.Payment! with { CreatedAt = Samples.Noon.AddDays(-1), Status = PaymentStatus.Success } };
        installation.Put(Tables.Payments, service);
        TicketRecord? lost = null;
        // The events' backup was repeated first, all others long after it.
        var set = await installation.BackUp([BackupService.Events, .. Installation.Order.Where(one => one != BackupService.Events)], async one =>
        {
            if (one != Installation.Order[0]) return;
            lost = installation.Buy(ledger, 2);
            Installation.Settle(ledger, known);
            await Commit(ledger);
            await installation.Pay(known);
            await installation.Pay(lost);
        });
        var (engine, restored) = await installation.Restore(set);

        Assert.Equal((1, 1), (restored.Tickets, restored.TicketsLost));
        Assert.Null(await engine.Find(Tables.Tickets, Cell.Of(lost!.Id.Value)));
        Assert.Equal((PaymentStatus.Success, PaymentReason.ReturnDue), Of(await Installation.PaymentOf(lost, engine)));
        Assert.Equal((PaymentStatus.Success, PaymentReason.None), Of(Tables.Payments.Read((await engine.Find(Tables.Payments, Tables.Payments.Key(service)))!)));
        // The older ledger does not know that this one was paid: its event is told again.
        Assert.NotNull((await Installation.PaymentOf(known, engine)).NextAt);
        Assert.Equal((1L, 1L), (restored.Learned[Learned.ReturnDue], restored.Learned[Learned.Untold]));
    }

    [Fact]
    public async Task A_payment_of_a_service_younger_than_the_set_is_left_alone_when_the_set_is_in_order()
    {
        var service = Samples.Payment();
        installation.Put(Tables.Payments, service with { Payment = service.Payment! with { CreatedAt = Samples.Noon.AddMinutes(1), Status = PaymentStatus.Success }, NextAt = null });
        var (_, restored) = await installation.Restore(await installation.BackUp());
        Assert.Equal(0, restored.Learned[Learned.ReturnDue]);
        Assert.Equal(1, restored.Payments);
    }

    [Fact]
    public async Task Where_an_operator_said_that_a_payment_stands_it_stays()
    {
        var ledger = await Sell("Carmen", 1);
        await installation.Mark(ledger.Sale.Tickets.Single(), PaymentStatus.Failed, PaymentReason.None);
        var (engine, restored) = await installation.Restore(await installation.BackUp());
        Assert.Equal(1, restored.Learned[Learned.SaidByHand]);
        Assert.Equal((PaymentStatus.Failed, PaymentReason.None), Of(await Installation.PaymentOf(ledger.Sale.Tickets.Single(), engine)));
    }

    [Fact]
    public async Task A_ticket_that_was_activated_by_hand_still_waits_for_its_money_and_one_whose_money_came_does_not()
    {
        var ledger = await installation.NewEvent("Carmen");
        var (unpaid, paid, told) = (installation.Buy(ledger, 1), installation.Buy(ledger, 2), installation.Buy(ledger, 3));
        foreach (var ticket in new[] { unpaid, paid, told })
            Assert.True(ledger.Sale.Activate(new(installation.Operation(), ticket.Id, Installation.Admin), Samples.Noon).IsDone);
        await Commit(ledger);
        await installation.Pay(paid);
        // The money of the third came, and its event was told, after the payments were backed up.
        var set = await installation.BackUp(before: async service =>
        {
            if (service != BackupService.Events) return;
            Installation.Settle(ledger, told);
            await Commit(ledger);
            await installation.Pay(told);
        });
        var (engine, restored) = await installation.Restore(set);

        Assert.Equal((3, 3), (restored.Tickets, restored.Seats));
        var waiting = await Installation.PaymentOf(unpaid, engine);
        Assert.Equal((PaymentStatus.Pending, PaymentReason.None), Of(waiting));
        Assert.NotNull(waiting.NextAt);
        Assert.Equal((PaymentStatus.Success, null), Standing(await Installation.PaymentOf(paid, engine)));
        Assert.Equal((PaymentStatus.Success, null), Standing(await Installation.PaymentOf(told, engine)));
        Assert.Equal((2L, 1L, 0L), (restored.Learned[Learned.Nothing], restored.Learned[Learned.Paid], restored.Learned[Learned.SaidByHand]));
    }

    [Fact]
    public async Task Deleted_tickets_stay_deleted_free_their_seats_and_their_money_goes_back_once()
    {
        var ledger = await Sell("Carmen", 3);
        var (before, during, kept) = (ledger.Sale.Tickets.ElementAt(0), ledger.Sale.Tickets.ElementAt(1), ledger.Sale.Tickets.ElementAt(2));
        Delete(before);
        await Commit(ledger);
        // The payments' file still has the second one's money with the organiser, and its event has nothing more to ask for.
        var set = await installation.BackUp(before: async service =>
        {
            if (service != BackupService.Events) return;
            Delete(during);
            await Commit(ledger);
            await installation.Return(during);
            ledger.Sale.AcknowledgeReturn(during.Id, Samples.Noon);
            await Commit(ledger);
        });
        var (engine, restored) = await installation.Restore(set);

        Assert.Equal((3, 1, 0), (restored.Tickets, restored.Seats, restored.TicketsLost));
        foreach (var ticket in new[] { before, during })
        {
            var stored = (await engine.Find(Tables.Tickets, ticket.Id.Value))!;
            Assert.Equal((TicketStatus.Refunded, true), (stored.Ticket.Status, stored.IsDeleted));
        }

        Assert.False((await engine.Find(Tables.Tickets, kept.Id.Value))!.IsDeleted);
        // The first one's event still orders its return itself.
        Assert.Equal((PaymentStatus.Success, PaymentReason.None), Of(await Installation.PaymentOf(before, engine)));
        Assert.Equal((PaymentStatus.Success, PaymentReason.ReturnDue), Of(await Installation.PaymentOf(during, engine)));
        Assert.Equal(1, restored.Learned[Learned.ReturnDue]);
        await using var loop = new CommitLoop(engine, new Logs());
        var again = await Ledger.Open(new(Key(ledger)), new SameThreadJournal(new Storage.Events.Journal(engine, loop)), Samples.Noon);
        installation.Buy(again, before.SeatNumber);
        await Commit(again);

        void Delete(TicketRecord ticket) => Assert.True(ledger.Sale.Delete(new DeleteTicket(installation.Operation(), ticket.Id, Installation.Admin), Samples.Noon).IsDone);
    }

    [Fact]
    public async Task A_restored_ledger_answers_a_repeated_purchase_and_sells_on()
    {
        var ledger = await Sell("Carmen", 3);
        var (engine, _) = await installation.Restore(await installation.BackUp());
        await using var loop = new CommitLoop(engine, new Logs());
        var again = await Ledger.Open(new(Key(ledger)), new SameThreadJournal(new Storage.Events.Journal(engine, loop)), Samples.Noon);
        Assert.Equal(ledger.Sale.Tickets, again.Sale.Tickets);
        var next = installation.Buy(again, 4);
        await Commit(again);
        Assert.Equal(next, (await engine.Find(Tables.Tickets, next.Id.Value))?.Ticket);
    }

    [Theory]
    [InlineData("title", "the title of event")]
    [InlineData("address", "the e-mail address of user")]
    [InlineData("ticket", "is another one in the ledger of event")]
    [InlineData("payment", "is not that of ticket")]
    [InlineData("returned", "this set does not fit together")]
    public async Task A_set_that_contradicts_itself_is_turned_away_in_one_line(string what, string said)
    {
        var ledger = await Sell("Carmen", 1);
        var ticket = ledger.Sale.Tickets.Single();
        installation.NewUser("ada@example.org");
        switch (what)
        {
            case "title": await Sell("Carmen", 1); break;
            case "address": installation.NewUser("ada@example.org"); break;
            case "ticket": installation.Put(Tables.Tickets, new TicketChanged(ticket with { UserId = new UserId(Samples.Id()) }, 1)); break;
            case "payment":
                var payment = await Installation.PaymentOf(ticket, installation.Engine);
                installation.Put(Tables.Payments, payment with { Payment = payment.Payment! with { Money = new(1, payment.Payment.Money.Currency) } });
                break;
            default: await installation.Return(ticket); break;
        }

        var e = await Assert.ThrowsAsync<InvalidDataException>(async () => await installation.Restore(await installation.BackUp()));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task A_file_that_is_damaged_or_missing_is_named()
    {
        await Sell("Carmen", 3);
        installation.NewUser("ada@example.org");
        var set = await installation.BackUp();
        foreach (var service in Enum.GetValues<BackupService>())
        {
            var file = Directory.GetFiles(set, $"{service}-*.gz").Single();
            var whole = await File.ReadAllBytesAsync(file);
            await File.WriteAllBytesAsync(file, [.. whole[..^9], (byte)(whole[^9] ^ 0xFF), .. whole[^8..]]);
            var damaged = await Assert.ThrowsAsync<InvalidDataException>(() => installation.Restore(set));
            Assert.StartsWith($"{Path.GetFileName(file)} is damaged", damaged.Message, StringComparison.Ordinal);
            File.Delete(file);
            var missing = await Assert.ThrowsAsync<InvalidDataException>(() => installation.Restore(set));
            Assert.Equal($"there is no complete backup of {service} in {set}", missing.Message);
            await File.WriteAllBytesAsync(file, whole);
        }

        Assert.Equal(3, (await installation.Restore(set)).Restored.Tickets);
    }

    [Fact]
    public async Task Of_all_sets_the_newest_complete_one_is_taken()
    {
        var set = await installation.BackUp();
        var older = set.Replace("20260501", "20260430", StringComparison.Ordinal);
        var newer = set.Replace("20260501", "20260502", StringComparison.Ordinal);
        foreach (var copy in new[] { older, newer })
        {
            Directory.CreateDirectory(copy);
            foreach (var file in Directory.GetFiles(set)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        File.Delete(Directory.GetFiles(newer, "Users-*.sha256").Single());
        Assert.Equal(set, BackupSet.In(installation.Backups).Directory);
        Assert.Equal(older, BackupSet.In(older).Directory);
        Assert.Throws<InvalidDataException>(() => BackupSet.In(newer));
        Assert.Throws<InvalidDataException>(() => BackupSet.In(installation.Fresh("nothing")));
    }

    private static Grains.Abstractions.RecordId Key(Ledger ledger) => ledger.Sale.Record().Id.Value;

    private static (PaymentStatus Status, PaymentReason Reason) Of(PaymentState state) => (state.Payment!.Status, state.Payment.Reason);

    private static (PaymentStatus Status, DateTimeOffset? NextAt) Standing(PaymentState state) => (state.Payment!.Status, state.NextAt);

    private static async Task Commit(Ledger ledger) => Assert.True(await ledger.Commit(Samples.Noon));

    /// <summary>An event with so many tickets that are sold and paid.</summary>
    private async Task<Ledger> Sell(string title, int count)
    {
        var ledger = await installation.NewEvent(title);
        for (var seat = 1u; seat <= count; seat++)
        {
            var ticket = installation.Buy(ledger, seat);
            Installation.Settle(ledger, ticket);
            await Commit(ledger);
            await installation.Pay(ticket);
        }

        return ledger;
    }

    private static async Task<string> State(IEngine engine, string key)
    {
        var json = Encoding.UTF8.GetString((await engine.Find(Tables.States, Cell.Of(key)))!.Members[0].Bytes);
        var state = System.Text.Json.JsonSerializer.Deserialize<Claim>(json);
        return state?.Owner is { } owner ? owner.ToString() : $"{System.Text.Json.JsonSerializer.Deserialize<NewEvent>(json)!.Event}";
    }

    private static async Task<List<string>> Dump(IEngine engine, RecordTable table)
    {
        var rows = new List<string>();
        await foreach (var row in engine.Scan(table))
            rows.Add($"{row.Key.Id} {string.Join('|', row.Members.Select(cell => !cell.HasValue ? "" : cell.Type == ColumnType.Text ? cell.Text : cell.Type == ColumnType.Id ? $"{cell.Id}" : $"{cell.Number}"))}");
        return rows;
    }
}
