using Ticketing.Grains.Abstractions;

namespace Ticketing.Grains.Tests.Users;

public sealed class ClaimTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RecordId Ada = RecordId.New(Noon);
    private static readonly RecordId Bob = RecordId.New(Noon);
    private static readonly Claim Adas = new() { Owner = Ada, ClaimedAt = Noon };

    [Fact]
    public void What_nobody_has_is_granted() =>
        Assert.Equal(ClaimVerdict.Granted, new Claim().Judge(Bob, false, Noon));

    [Theory]
    [InlineData(0)]
    [InlineData(119)]
    [InlineData(1000)]
    public void The_owner_is_granted_it_again_at_any_time(int secondsLater) =>
        Assert.Equal(ClaimVerdict.Granted, Adas.Judge(Ada, false, Noon.AddSeconds(secondsLater)));

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public void What_anothers_record_carries_is_taken_however_old_the_claim(int secondsLater) =>
        Assert.Equal(ClaimVerdict.Taken, Adas.Judge(Bob, true, Noon.AddSeconds(secondsLater)));

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(119)]
    public void A_young_claim_without_a_record_may_be_under_way(int secondsLater) =>
        Assert.Equal(ClaimVerdict.UnderWay, Adas.Judge(Bob, false, Noon.AddSeconds(secondsLater)));

    [Fact]
    public void A_claim_without_a_record_lapses_after_two_minutes() =>
        Assert.Equal(ClaimVerdict.Granted, Adas.Judge(Bob, false, Noon.AddSeconds(120)));
}
