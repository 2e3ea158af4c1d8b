using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ticketing.ApiGateway;

/// <summary>
/// Questions to one grain that come at about the same time go to it in one call. None waits for a call that is under way, nor for others to come: a bunch leaves as soon
/// as a thread takes it up, with all who have joined until then. So it is one question while there is little to do, and many when there is much. Every question is asked
/// after it was put.
/// </summary>
/// <typeparam name="TKey">What the grain is found by.</typeparam>
/// <typeparam name="TQuestion">A question.</typeparam>
/// <typeparam name="TAnswer">Its answer.</typeparam>
/// <param name="most">The most questions in a call.</param>
/// <param name="ask">Asks, and gives an answer to each question, in their order.</param>
internal sealed class Bunches<TKey, TQuestion, TAnswer>(int most, Func<TKey, TQuestion[], Task<TAnswer[]>> ask)
    where TKey : notnull
{
    private readonly int most = most;
    private readonly Func<TKey, TQuestion[], Task<TAnswer[]>> ask = ask;
    private readonly ConcurrentDictionary<TKey, Bunch> open = new();

    /// <summary>Asks, with whoever else does.</summary>
    /// <returns>The answer; fails as the call does.</returns>
    public Task<TAnswer> Ask(TKey key, TQuestion question)
    {
        while (true)
        {
            var bunch = open.GetOrAdd(key, static (key, all) => new Bunch(all, key), this);
            if (bunch.Join(question) is { } answer)
                return answer;
        }
    }

    private sealed class Bunch(Bunches<TKey, TQuestion, TAnswer> all, TKey key) : IThreadPoolWorkItem
    {
        private readonly List<TQuestion> questions = [];
        private readonly List<TaskCompletionSource<TAnswer>> answers = [];
        // Whose trace the call belongs to: the first one's.
        private readonly Activity? trace = Activity.Current;
        private bool closed;

        /// <summary>Joins the bunch, or gives nothing when it has left.</summary>
        public Task<TAnswer>? Join(TQuestion question)
        {
            var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            bool isFirst;
            lock (questions)
            {
                if (closed)
                    return null;
                isFirst = questions.Count == 0;
                questions.Add(question);
                answers.Add(answer);
                if (questions.Count == all.most)
                    Close();
            }

            // Behind everything that waits for a thread already: among that are those who will join.
            if (isFirst)
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return answer.Task;
        }

        public async void Execute()
        {
            lock (questions)
                Close();
            Activity.Current = trace;
            try
            {
                var found = await all.ask(key, [.. questions]);
                for (var i = 0; i < answers.Count; i++)
                    answers[i].SetResult(found[i]);
            }
            catch (Exception fault)
            {
                foreach (var answer in answers)
                    answer.TrySetException(fault);
            }
        }

        private void Close()
        {
            if (closed)
                return;
            closed = true;
            all.open.TryRemove(new(key, this));
        }
    }
}
