using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Model.Matrix;

/// <summary><c>strategy</c> of a job, evaluated.</summary>
/// <param name="FailFast">Whether one failed leg stops the others. Default true.</param>
/// <param name="MaxParallel">Most legs at a time; 0: all.</param>
/// <param name="Combinations">The legs of the matrix; empty: one job without a matrix.</param>
internal sealed record JobStrategy(bool FailFast, int MaxParallel, ImmutableArray<MatrixCombination> Combinations)
{
    /// <exception cref="WorkflowException">The strategy is not valid.</exception>
    public static JobStrategy Read(WorkflowStrategy? written, TemplateEvaluator evaluator)
    {
        var strategy = new JobStrategy(FailFast: true, MaxParallel: 0, Combinations: []);
        var errors = new List<string>();
        foreach (var (name, value) in evaluator.EvaluateEntries(written?.Written))
        {
            strategy = (name, value) switch
            {
                ("fail-fast", BooleanValue failFast) => strategy with { FailFast = failFast.Value },
                ("max-parallel", NumberValue limit) => strategy with { MaxParallel = (int)Math.Clamp(limit.Value, 0, int.MaxValue) },
                ("matrix", ObjectValue matrix) => strategy with { Combinations = MatrixBuilder.Build(matrix, errors) },
                _ => Refuse(strategy, name, value, errors),
            };
        }

        return errors.Count == 0 ? strategy : throw new WorkflowException(string.Join('\n', errors), written?.Written.Position);
    }

    /// <summary>The <c>strategy</c> context of one leg.</summary>
    public DictionaryData ToData(int index, int total) => new(
    [
        KeyValuePair.Create<string, ContextData>("fail-fast", new BooleanData(FailFast)),
        KeyValuePair.Create<string, ContextData>("job-index", new NumberData(index)),
        KeyValuePair.Create<string, ContextData>("job-total", new NumberData(total)),
        KeyValuePair.Create<string, ContextData>("max-parallel", new NumberData(MaxParallel > 0 ? MaxParallel : total)),
    ]);

    private static JobStrategy Refuse(JobStrategy strategy, string name, Value value, List<string> errors)
    {
        errors.Add(name switch
        {
            "fail-fast" => $"fail-fast must be a boolean, not '{value.ToText()}'",
            "max-parallel" => $"max-parallel must be a number, not '{value.ToText()}'",
            "matrix" => $"matrix must be a mapping, not '{value.ToText()}'",
            _ => $"Unexpected value '{name}'",
        });
        return strategy;
    }
}
