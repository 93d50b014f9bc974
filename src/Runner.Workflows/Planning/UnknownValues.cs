using System.Collections.Immutable;
using Runner.Expressions;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;

namespace Runner.Workflows.Planning;

/// <summary>What of a job hangs on values that only a run makes: outputs of jobs that it needs, and inputs that a caller made of such outputs.</summary>
internal static class UnknownValues
{
    /// <summary>Keys of the job that do, in the order in which they are evaluated.</summary>
    /// <param name="job">The job.</param>
    /// <param name="contexts">What it sees: a needed job that succeeded would have outputs, any other has none.</param>
    public static ImmutableArray<string> KeysOf(WorkflowJob job, JobContexts contexts)
    {
        (string Key, TemplateToken? Value)[] keys =
        [
            ("if", new ExpressionToken(job.Condition)),
            ("strategy", job.Strategy?.Written),
            ("name", job.Name),
            ("concurrency", job.Concurrency?.Written),
            ("with", job.Calls?.With),
            ("runs-on", job.RunsOn?.Written),
            ("continue-on-error", job.ContinueOnError),
            ("timeout-minutes", job.TimeoutMinutes),
            ("cancel-timeout-minutes", job.CancelTimeoutMinutes),
            ("environment", job.Environment?.Name),
        ];
        return [.. contexts.Scope.UnknownOfCaller.Union(keys.Where(key => Hangs(key.Value, contexts)).Select(key => key.Key))];
    }

    /// <summary>Names of the inputs that a call makes of such values.</summary>
    public static ImmutableHashSet<string> InputsOf(CalledWorkflow call, JobContexts contexts) => call.With is MappingToken inputs
        ? [.. inputs.Entries.Where(input => Hangs(input.Value, contexts)).Select(input => input.Key.ToString() ?? string.Empty)]
        : [];

    private static bool Hangs(TemplateToken? token, JobContexts contexts) => token switch
    {
        ExpressionToken expression => Hangs(expression.Expression, contexts),
        SequenceToken list => list.Items.Any(item => Hangs(item, contexts)),
        MappingToken mapping => mapping.Entries.Any(entry => Hangs(entry.Key, contexts) || Hangs(entry.Value, contexts)),
        _ => false,
    };

    private static bool Hangs(string expression, JobContexts contexts)
    {
        try
        {
            return Expression.Parse(expression).ContextPaths().Any(path => IsUnknown(path, contexts));
        }
        catch (ExpressionException)
        {
            return false; // whoever evaluates it tells
        }
    }

    private static bool IsUnknown(ImmutableArray<string?> path, JobContexts contexts)
    {
        var (context, name, member) = (path[0], path.ElementAtOrDefault(1), path.ElementAtOrDefault(2));
        if (string.Equals(context, "inputs", StringComparison.OrdinalIgnoreCase))
        {
            var inputs = contexts.Scope.UnknownInputs;
            return name is null ? !inputs.IsEmpty : inputs.Contains(name, StringComparer.OrdinalIgnoreCase);
        }

        return string.Equals(context, "needs", StringComparison.OrdinalIgnoreCase)
            && !string.Equals(member, "result", StringComparison.OrdinalIgnoreCase)
            && contexts.Needs.Entries.Any(need => (name is null || string.Equals(need.Key, name, StringComparison.OrdinalIgnoreCase)) && WouldHaveOutputs(need.Value));
    }

    private static bool WouldHaveOutputs(ContextData need) =>
        need is DictionaryData data && data.FindText("result") == NeedResult.Word(Conclusion.Succeeded);
}
