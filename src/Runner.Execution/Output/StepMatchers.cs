using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Runner.Execution.Matchers;
using Runner.Execution.Scopes;

namespace Runner.Execution.Output;

/// <summary>Shows one step's output to the job's problem matchers, line by line, and turns what they find into annotations.</summary>
internal sealed class StepMatchers(StepScope step)
{
    /// <summary>After so many time-outs for one line a matcher is removed.</summary>
    public const int MaxTimeouts = 3;

    // A longer line is nobody's problem report, and an expression over it could hold the step up.
    private const int MaxLineBytes = 64 * 1024;

    private ImmutableArray<ProblemMatcher> _known = [];
    private ImmutableArray<MatcherState> _states = [];

    /// <summary>Whether a line was a problem, and was written as one.</summary>
    public bool TryHandle(ReadOnlySpan<byte> line)
    {
        if (step.Matchers.Current is { IsEmpty: true } || line.Length > MaxLineBytes)
        {
            return false;
        }

        Refresh();
        var text = Encoding.UTF8.GetString(line);
        foreach (var state in _states)
        {
            if (Match(state, text) is not { } issue)
            {
                continue;
            }

            foreach (var other in _states.Where(other => other != state))
            {
                other.Reset();
            }

            return IssueWriter.TryWrite(step, issue, text);
        }

        return false;
    }

    // A matcher that stays keeps what it has seen.
    private void Refresh()
    {
        var current = step.Matchers.Current;
        if (current == _known)
        {
            return;
        }

        var states = _states;
        _states = [.. current.Select(matcher => states.FirstOrDefault(state => ReferenceEquals(state.Matcher, matcher)) ?? new MatcherState(matcher))];
        _known = current;
    }

    private MatchedIssue? Match(MatcherState state, string text)
    {
        for (var timeouts = 1; ; timeouts++)
        {
            try
            {
                return state.Take(text);
            }
            catch (RegexMatchTimeoutException) when (timeouts < MaxTimeouts)
            {
                // A busy machine: the next try may be in time.
            }
            catch (RegexMatchTimeoutException error)
            {
                var owner = state.Matcher.Owner;
                step.Matchers.Remove(owner);
                step.Log.Warning($"Removing issue matcher '{owner}'. Matcher failed {MaxTimeouts} times. Error: {error.Message}");
                return null;
            }
        }
    }
}
