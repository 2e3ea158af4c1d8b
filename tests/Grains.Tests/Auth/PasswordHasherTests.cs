using System.Diagnostics;
using Ticketing.Grains.Auth;

namespace Ticketing.Grains.Tests.Auth;

public sealed class PasswordHasherTests
{
    [Fact]
    public async Task A_hash_matches_its_password_alone_and_differs_each_time()
    {
        using var hasher = new PasswordHasher(new() { PasswordCost = 4 });

        var (first, second) = (await hasher.Hash("Correct-Horse-7"), await hasher.Hash("Correct-Horse-7"));

        Assert.NotEqual(first, second);
        Assert.True(await hasher.Matches("Correct-Horse-7", first));
        Assert.False(await hasher.Matches("Correct-Horse-8", first));
        Assert.False(await hasher.Matches("Correct-Horse-7", null));
    }

    [Fact]
    public async Task What_follows_the_seventy_second_byte_matters()
    {
        using var hasher = new PasswordHasher(new() { PasswordCost = 4 });
        var long31 = string.Concat(Enumerable.Repeat("\U0001F3AB", 31));

        Assert.False(await hasher.Matches(long31 + "b", await hasher.Hash(long31 + "a")));
    }

    [Fact]
    public async Task An_account_that_does_not_exist_costs_a_hash_of_the_same_cost()
    {
        using var hasher = new PasswordHasher(new() { PasswordCost = 12 });
        await hasher.Matches("warms-Up-1", null);

        var started = Stopwatch.GetTimestamp();
        await hasher.Matches("Correct-Horse-7", null);

        // A lower bound that no processor of today beats: without the hash it would be microseconds.
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task A_crowd_beyond_the_queue_is_turned_away_and_the_others_are_served()
    {
        using var hasher = new PasswordHasher(new() { PasswordCost = 11, HashingThreads = 1, HashingQueue = 2 });

        var hashes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => hasher.Hash("Correct-Horse-7")));

        Assert.InRange(hashes.Count(hash => hash is not null), 2, 19);
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(17, 1, 1)]
    [InlineData(12, 0, 1)]
    [InlineData(12, 1, 0)]
    public void A_setting_out_of_range_is_refused_at_once(int cost, int threads, int queue) =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new PasswordHasher(new() { PasswordCost = cost, HashingThreads = threads, HashingQueue = queue }));
}
