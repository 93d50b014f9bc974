using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Model.Matrix;

/// <summary>
/// How many bytes GitHub counts for the legs of a matrix: where it is written without expressions, its service makes them when it reads the file, and the limit of a
/// result is theirs too. Pure.
/// </summary>
internal static class LegBytes
{
    private const int ObjectBytes = 24;
    private const int TextBytes = 26;
    private const int NullBytes = 8;
    private const int LongestId = 100;

    private static readonly TemplateEvaluator Evaluator = new(new EvaluationContext(), fileTable: []);

    // The contexts strategy and matrix stand in a leg by their names; of strategy the keys and values are the same for all.
    private static readonly long Fixed = ObjectBytes + Text(string.Empty) + Text("matrix") + Text("strategy")
        + ObjectBytes + new[] { "fail-fast", "job-index", "job-total", "max-parallel" }.Sum(key => ObjectBytes + Text(key) + ObjectBytes);

    /// <summary>The bytes of all legs; 0 where there is no matrix, or one that expressions make or that is wrong.</summary>
    public static long Of(WorkflowStrategy? strategy) => strategy?.Matrix is null || HasExpressions(strategy.Written)
        ? 0
        : Legs(strategy).Sum(leg => Fixed + Text(Id(leg)) + Of(leg.Values));

    private static ImmutableArray<MatrixCombination> Legs(WorkflowStrategy strategy)
    {
        try
        {
            return JobStrategy.Read(strategy, Evaluator).Combinations;
        }
        catch (WorkflowException)
        {
            return []; // told where the matrix is checked
        }
    }

    private static bool HasExpressions(TemplateToken token) => token switch
    {
        ExpressionToken => true,
        SequenceToken sequence => sequence.Items.Any(HasExpressions),
        MappingToken mapping => mapping.Entries.Any(entry => HasExpressions(entry.Key) || HasExpressions(entry.Value)),
        _ => false,
    };

    // Made of the leg's values; it begins with no digit.
    private static string Id(MatrixCombination leg)
    {
        var id = string.Join('_', leg.NameParts);
        id = id is [var first, ..] && (char.IsAsciiDigit(first) || first == '-') ? "_" + id : id;
        return id.Length == 0 ? "job" : id[..Math.Min(id.Length, LongestId)];
    }

    private static long Of(Value value) => value switch
    {
        NullValue => NullBytes,
        StringValue text => ObjectBytes + Text(text.Value),
        ArrayValue list => ObjectBytes + list.Items.Sum(Of),
        ObjectValue members => ObjectBytes + members.Entries.Sum(entry => ObjectBytes + Text(entry.Key) + Of(entry.Value)),
        _ => ObjectBytes,
    };

    private static long Text(string text) => TextBytes + (sizeof(char) * text.Length);
}
