namespace Ticketing.ApiGateway.Tests;

/// <summary>Questions that come together go together, and each gets its own answer.</summary>
public class BunchTests
{
    [Fact]
    public async Task A_question_by_itself_is_asked_at_once()
    {
        var calls = 0;
        var bunches = new Bunches<string, int, int>(4, (_, questions) =>
        {
            Interlocked.Increment(ref calls);
            return Task.FromResult(Array.ConvertAll(questions, one => one * 10));
        });

        Assert.Equal(10, await bunches.Ask("a", 1));
        Assert.Equal(20, await bunches.Ask("a", 2));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Each_of_many_gets_its_own_answer_and_no_call_has_more_than_it_may()
    {
        const int Callers = 32;
        const int Each = 500;
        var (most, calls, asked) = (0, 0, 0);
        var bunches = new Bunches<string, (string Key, int Number), string>(8, async (key, questions) =>
        {
            Interlocked.Increment(ref calls);
            Interlocked.Add(ref asked, questions.Length);
            lock (this) most = Math.Max(most, questions.Length);
            await Task.Yield();
            return Array.ConvertAll(questions, one => one.Key == key ? $"{key} {one.Number}" : "another key's");
        });

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                var (key, number) = ($"key {(caller + i) % 3}", (caller * Each) + i);
                Assert.Equal($"{key} {number}", await bunches.Ask(key, (key, number)));
            }
        })));

        Assert.Equal(Callers * Each, asked);
        Assert.InRange(most, 1, 8);
        Assert.InRange(calls, Callers * Each / 8, Callers * Each);
    }

    [Fact]
    public async Task A_question_does_not_wait_for_a_call_that_is_under_way()
    {
        var first = new TaskCompletionSource<int[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bunches = new Bunches<string, int, int>(4, (_, questions) =>
        {
            if (questions is not [1])
                return Task.FromResult(questions);
            begun.SetResult();
            return first.Task;
        });

        var slow = bunches.Ask("a", 1);
        await begun.Task;
        Assert.Equal(2, await bunches.Ask("a", 2));
        Assert.False(slow.IsCompleted);
        first.SetResult([7]);
        Assert.Equal(7, await slow);
    }

    [Fact]
    public async Task A_call_that_fails_fails_for_all_who_went_with_it_and_for_nobody_else()
    {
        var bunches = new Bunches<string, int, int>(4, (key, questions) => key == "bad" ? throw new TimeoutException("nobody answers") : Task.FromResult(questions));

        var bad = Enumerable.Range(0, 10).Select(number => bunches.Ask("bad", number)).ToArray();
        var good = bunches.Ask("good", 1);

        foreach (var one in bad)
            await Assert.ThrowsAsync<TimeoutException>(() => one);
        Assert.Equal(1, await good);
    }

    [Fact]
    public async Task An_answer_that_is_missing_is_a_failure_and_nobody_waits_for_ever()
    {
        var bunches = new Bunches<string, int, int>(4, (_, _) => Task.FromResult(Array.Empty<int>()));

        await Assert.ThrowsAnyAsync<Exception>(() => bunches.Ask("a", 1)).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
