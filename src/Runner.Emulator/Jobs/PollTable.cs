using Runner.Emulator.Runners;
using Runner.Protocol.Broker;

namespace Runner.Emulator.Jobs;

/// <summary>A poll that waits.</summary>
/// <param name="Runner">Who polls.</param>
/// <param name="TakesJobs">Whether a job may answer it.</param>
internal sealed record Poll(RunnerRecord Runner, bool TakesJobs)
{
    /// <summary>Its answer; <c>null</c>: nothing came.</summary>
    public TaskCompletionSource<RunnerMessage?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The polls that wait, and the messages that wait for a poll. Not thread-safe: <see cref="JobBoard"/> guards it.</summary>
internal sealed class PollTable
{
    private readonly LinkedList<Poll> _waiting = new();
    private readonly Dictionary<int, LinkedListNode<Poll>> _byRunner = [];
    private readonly Dictionary<int, Queue<RunnerMessage>> _pending = [];

    /// <summary>Lets a runner wait at the end of the line. It must have no other poll.</summary>
    public Poll Add(RunnerRecord runner, bool takesJobs)
    {
        var node = _waiting.AddLast(new Poll(runner, takesJobs));
        _byRunner[runner.Id] = node;
        return node.Value;
    }

    /// <summary>Takes a poll out of the line; one that is not in it is left alone.</summary>
    public void Remove(Poll poll)
    {
        if (_byRunner.TryGetValue(poll.Runner.Id, out var node) && ReferenceEquals(node.Value, poll))
        {
            _waiting.Remove(node);
            _byRunner.Remove(poll.Runner.Id);
        }
    }

    /// <summary>Ends a runner's poll without a message.</summary>
    public void End(int runner)
    {
        if (_byRunner.TryGetValue(runner, out var node))
        {
            node.Value.Answer.TrySetResult(null);
            Remove(node.Value);
        }
    }

    /// <summary>The first poll in the line that takes jobs and fits.</summary>
    public Poll? LongestWaiting(Func<Poll, bool> fits) => _waiting.FirstOrDefault(poll => poll.TakesJobs && fits(poll));

    /// <summary>Answers a runner's poll, or keeps the message for its next one.</summary>
    public void Send(int runner, RunnerMessage message)
    {
        if (_byRunner.TryGetValue(runner, out var node))
        {
            Remove(node.Value);
            if (node.Value.Answer.TrySetResult(message))
            {
                return;
            }
        }

        if (!_pending.TryGetValue(runner, out var queue))
        {
            _pending[runner] = queue = new Queue<RunnerMessage>();
        }

        queue.Enqueue(message);
    }

    /// <summary>The next message kept for a runner, or <c>null</c>.</summary>
    public RunnerMessage? TakePending(int runner) =>
        _pending.TryGetValue(runner, out var queue) && queue.TryDequeue(out var message) ? message : null;

    /// <summary>Drops all of a runner. Its poll is answered, or held to its end without a part in anything.</summary>
    public void Forget(int runner, bool endPoll)
    {
        _pending.Remove(runner);
        if (endPoll)
        {
            End(runner);
        }
        else if (_byRunner.TryGetValue(runner, out var node))
        {
            Remove(node.Value);
        }
    }
}
