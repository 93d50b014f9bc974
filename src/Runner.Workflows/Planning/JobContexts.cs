using System.Collections.Immutable;
using Runner.Expressions;
using Runner.Jobs.Data;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Planning;

/// <summary>The contexts that a job's message carries, as far as they are known at a moment of planning.</summary>
internal sealed record JobContexts(RunPlan Plan)
{
    public DictionaryData Needs { get; init; } = DictionaryData.Empty;

    public ContextData Strategy { get; init; } = NullData.Instance;

    public ContextData Matrix { get; init; } = NullData.Instance;

    /// <summary>As the job message carries them.</summary>
    public ImmutableArray<KeyValuePair<string, ContextData>> ToData() =>
    [
        KeyValuePair.Create<string, ContextData>("github", Plan.GitHub),
        KeyValuePair.Create("inputs", Plan.Request.Inputs ?? (ContextData)NullData.Instance),
        KeyValuePair.Create("matrix", Matrix),
        KeyValuePair.Create<string, ContextData>("needs", Needs),
        KeyValuePair.Create("strategy", Strategy),
        KeyValuePair.Create<string, ContextData>("vars", DictionaryData.FromStrings(Plan.Request.Vars)),
    ];

    /// <summary>An evaluator over them.</summary>
    public TemplateEvaluator Evaluator() => Evaluator(ImmutableDictionary<string, Func<IReadOnlyList<Value>, Value>>.Empty);

    /// <summary>An evaluator over them with functions beside the built-in ones.</summary>
    public TemplateEvaluator Evaluator(IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> functions) => new(
        new EvaluationContext { Contexts = ContextValues.ToContexts(ToData()), Functions = functions },
        Plan.Workflow.FileTable);
}
