using System.Globalization;
using Orleans.Storage;
using Ticketing.Grains;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Notifications;
using Ticketing.Grains.Payments;
using Ticketing.Grains.Users;

namespace Ticketing.Storage.Tests.Conformance;

/// <summary>The behaviours that Orleans' own provider suites check, for states that are records and for states that are JSON.</summary>
public abstract class GrainStorageConformance(Database database) : LoopConformance(database)
{
    private readonly RecordId id = Samples.Id();

    private IGrainStorage Storage => Port<IGrainStorage>();

    [SkippableFact]
    public async Task The_first_write_makes_the_record_and_its_ETag()
    {
        var state = New(1);
        Assert.False(state.RecordExists);
        var write = Storage.WriteStateAsync("payment", Grain(), state);
        await write;
        Assert.True(state.RecordExists);
        Assert.NotNull(state.ETag);
        var read = await Read();
        Assert.Equal((state.State, state.ETag, true), (read.State, read.ETag, read.RecordExists));
    }

    [SkippableFact]
    public async Task Every_write_changes_the_ETag_also_when_the_state_stays()
    {
        var state = New(1);
        var tags = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            await Storage.WriteStateAsync("payment", Grain(), state);
            Assert.True(tags.Add(state.ETag!));
        }
    }

    [SkippableFact]
    public async Task A_read_of_an_absent_record_resets_the_state_object()
    {
        var state = New(5);
        (state.ETag, state.RecordExists) = ("17", true);
        await Storage.ReadStateAsync("payment", Grain(), state);
        Assert.Equal((new PaymentState(), false), (state.State, state.RecordExists));
        Assert.Null(state.ETag);
    }

    [SkippableTheory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1")]
    [InlineData("\"abc\"")]
    [InlineData("99999999999999999999999999")]
    public async Task A_foreign_ETag_is_refused_and_changes_nothing(string? foreign)
    {
        var stored = New(1);
        await Storage.WriteStateAsync("payment", Grain(), stored);
        await Refused(foreign, Storage.WriteStateAsync);
        await Refused(foreign, Storage.ClearStateAsync);
        var read = await Read();
        Assert.Equal((stored.State, stored.ETag), (read.State, read.ETag));
    }

    [SkippableFact]
    public async Task A_stale_ETag_is_refused_and_changes_nothing()
    {
        var stored = New(1);
        await Storage.WriteStateAsync("payment", Grain(), stored);
        var stale = stored.ETag;
        stored.State = stored.State! with { Attempts = 2 };
        await Storage.WriteStateAsync("payment", Grain(), stored);
        await Refused(stale, Storage.WriteStateAsync);
        await Refused(stale, Storage.ClearStateAsync);
        var read = await Read();
        Assert.Equal((2, stored.ETag), (read.State!.Attempts, read.ETag));
    }

    [SkippableTheory]
    [InlineData("1")]
    [InlineData("foreign")]
    public async Task An_ETag_where_there_is_no_record_is_refused_and_makes_none(string etag)
    {
        await Refused(etag, Storage.WriteStateAsync);
        await Refused(etag, Storage.ClearStateAsync);
        Assert.False((await Read()).RecordExists);
    }

    [SkippableFact]
    public async Task The_ETag_of_a_cleared_record_is_of_no_use_for_its_successor()
    {
        var first = New(1);
        await Storage.WriteStateAsync("payment", Grain(), first);
        var old = first.ETag;
        await Storage.ClearStateAsync("payment", Grain(), first);
        await Refused(old, Storage.WriteStateAsync);
        var second = New(2);
        await Storage.WriteStateAsync("payment", Grain(), second);
        await Refused(old, Storage.WriteStateAsync);
        Assert.Equal(2, (await Read()).State!.Attempts);
    }

    [SkippableFact]
    public async Task Clearing_removes_the_record_and_resets_the_state_object()
    {
        var state = New(1);
        await Storage.WriteStateAsync("payment", Grain(), state);
        await Storage.ClearStateAsync("payment", Grain(), state);
        Assert.Equal((new PaymentState(), false), (state.State, state.RecordExists));
        Assert.Null(state.ETag);
        Assert.False((await Read()).RecordExists);
        await Storage.ClearStateAsync("payment", Grain(), state);
        state.State = New(3).State;
        await Storage.WriteStateAsync("payment", Grain(), state);
        Assert.Equal(3, (await Read()).State!.Attempts);
    }

    [SkippableFact]
    public async Task Two_state_names_two_grain_types_and_two_keys_are_records_of_their_own()
    {
        var places = new[] { ("one", "email/a"), ("other", "email/a"), ("one", "title/a"), ("one", "email/A"), ("one", "email/a/b"), ("one", "email/a b") };
        foreach (var (name, grain) in places) await Storage.WriteStateAsync(name, GrainId.Parse(grain, CultureInfo.InvariantCulture), Json(name + grain));
        await Restart();
        foreach (var (name, grain) in places)
        {
            var read = Json("");
            await Storage.ReadStateAsync(name, GrainId.Parse(grain, CultureInfo.InvariantCulture), read);
            Assert.Equal(name + grain, read.State!.Text);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(QueryConformance.AwkwardTexts), MemberType = typeof(QueryConformance))]
    public async Task Any_grain_key_has_a_record_of_its_own(string key)
    {
        var (one, other) = (GrainId.Create("email", $"<{key}>"), GrainId.Create("email", $"<{key}>\0"));
        await Storage.WriteStateAsync("state", one, Json("one"));
        await Storage.WriteStateAsync("state", other, Json("other"));
        var read = Json("");
        await Storage.ReadStateAsync("state", one, read);
        Assert.Equal("one", read.State!.Text);
    }

    [SkippableFact]
    public async Task Of_concurrent_writers_with_one_ETag_exactly_one_wins()
    {
        var first = New(0);
        await Storage.WriteStateAsync("payment", Grain(), first);
        var writers = Enumerable.Range(1, 32).Select(i => With(New(i).State!, first.ETag)).ToArray();
        var won = await Task.WhenAll(writers.Select(writer => Task.Run(() => Wins(Grain(), writer))));
        var winner = Assert.Single(writers, writer => won[Array.IndexOf(writers, writer)]);
        var read = await Read();
        Assert.Equal((winner.State, winner.ETag), (read.State, read.ETag));
        Assert.All(writers.Where(writer => writer != winner), loser => Assert.Equal(first.ETag, loser.ETag));
    }

    [SkippableFact]
    public async Task Of_concurrent_first_writers_exactly_one_wins_and_the_losers_learn_of_no_record()
    {
        var writers = Enumerable.Range(1, 32).Select(New).ToArray();
        var won = await Task.WhenAll(writers.Select(writer => Task.Run(() => Wins(Grain(), writer))));
        Assert.Single(won, true);
        for (var i = 0; i < writers.Length; i++) Assert.Equal((won[i], won[i]), (writers[i].RecordExists, writers[i].ETag is not null));
    }

    [SkippableFact]
    public async Task A_conflict_of_one_grain_in_a_crowd_reaches_that_grain_alone()
    {
        var grains = Enumerable.Range(0, 200).Select(i => GrainId.Create("credential", $"{i}")).ToArray();
        foreach (var grain in grains.Where((_, i) => i % 5 == 0)) await Storage.WriteStateAsync("state", grain, Json("theirs"));
        var won = await Task.WhenAll(grains.Select(grain => Wins(grain, Json("mine"))));
        Assert.Equal(grains.Select((_, i) => i % 5 != 0), won);
    }

    [SkippableFact]
    public async Task States_that_are_records_survive_and_are_found_by_the_read_ports()
    {
        var payment = Samples.Payment(id, Samples.Noon) with { Attempts = 3 };
        var (sent, pending) = (Samples.Notification(Samples.Id()), Samples.Notification(Samples.Id(), Samples.Noon.AddDays(-30_000)) with { Attempts = 2 });
        var user = new UserState { Profile = new(new UserId(Samples.Id()), "zoë", "o'brien 🎟️", "zoë@example.org") };
        await Survives(payment, Grain());
        await Survives(sent, GrainId.Create("notification", sent.Notification!.Id.ToString()));
        await Survives(pending, GrainId.Create("notification", pending.Notification!.Id.ToString()));
        await Survives(user, GrainId.Create("user", user.Profile!.Id.ToString()));

        Assert.Equal(payment.Payment, Assert.Single((await Port<IPaymentRecords>().List(PageRequest.First)).Items));
        Assert.Equal(user.Profile, await Port<IUserRecords>().Find(user.Profile.Id));
        Assert.Equal(2, (await Port<INotificationRecords>().List(PageRequest.First)).Items.Length);
    }

    [SkippableFact]
    public async Task States_that_are_JSON_survive()
    {
        await Survives(new Claim { Owner = Samples.Id(), ClaimedAt = Samples.Noon.AddTicks(1234567) }, GrainId.Create("email", "a@b.org"));
        await Survives(new Claim(), GrainId.Create("title", "nobody's"));
    }

    [SkippableFact]
    public async Task A_credential_survives_and_is_listed_with_its_hash()
    {
        var user = new UserId(Samples.Id());
        var state = new CredentialState { Credential = new(Samples.Id(), Role.Operator, user), PasswordHash = "$2a$10$ü" };
        await Survives(state, GrainId.Create("credential", user.ToString()));

        var listed = Assert.Single((await Port<ICredentialRecords>().List(PageRequest.First)).Items);
        Assert.Equal((state.Credential, state.PasswordHash), (listed.Credential, listed.PasswordHash));
    }

    private static GrainState<Note> Json(string text) => new(new Note { Text = text });

    private static GrainState<PaymentState> With(PaymentState state, string? etag) => new(state) { ETag = etag, RecordExists = true };

    private GrainState<PaymentState> New(int attempts) => new(Samples.Payment(id) with { Attempts = attempts });

    private GrainId Grain() => GrainId.Create("payment", id.ToString());

    private async Task<GrainState<PaymentState>> Read()
    {
        var state = New(-1);
        await Storage.ReadStateAsync("payment", Grain(), state);
        return state;
    }

    private async Task Refused(string? etag, Func<string, GrainId, IGrainState<PaymentState>, Task> act)
    {
        var mine = New(99).State!;
        var state = With(mine, etag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => act("payment", Grain(), state));
        Assert.Equal((mine, etag), (state.State, state.ETag));
    }

    private async Task<bool> Wins<T>(GrainId grain, GrainState<T> state)
    {
        try
        {
            await Storage.WriteStateAsync("state", grain, state);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private async Task Survives<T>(T state, GrainId grain)
        where T : class
    {
        await Storage.WriteStateAsync("state", grain, new GrainState<T>(state));
        await Restart();
        var read = new GrainState<T>();
        await Storage.ReadStateAsync("state", grain, read);
        Assert.Equal(state, read.State);
    }

    /// <summary>A state that is no record, and so JSON.</summary>
    private sealed record Note
    {
        public string Text { get; init; } = "";
    }
}
