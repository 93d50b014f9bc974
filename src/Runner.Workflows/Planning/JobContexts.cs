using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Planning;

/// <summary>The contexts that a job's message carries, as far as they are known at a moment of planning.</summary>
internal sealed record JobContexts(WorkflowScope Scope)
{
    private static readonly ImmutableDictionary<string, Func<IReadOnlyList<Value>, Value>> NoFunctions =
        ImmutableDictionary<string, Func<IReadOnlyList<Value>, Value>>.Empty;

    private const string Token = "GITHUB_TOKEN";

    public RunPlan Plan => Scope.Plan;

    public DictionaryData Needs { get; init; } = DictionaryData.Empty;

    public ContextData Strategy { get; init; } = NullData.Instance;

    public ContextData Matrix { get; init; } = NullData.Instance;

    /// <summary>As the job message carries them.</summary>
    public ImmutableArray<KeyValuePair<string, ContextData>> ToData() => [.. Scope.SharedData, .. Own];

    /// <summary>An evaluator over them.</summary>
    public TemplateEvaluator Evaluator() => Evaluator(NoFunctions);

    /// <summary>An evaluator over them with functions beside the built-in ones.</summary>
    public TemplateEvaluator Evaluator(IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> functions) => Evaluator(functions, further: []);

    /// <summary>An evaluator over them and the secrets: what a calling job passes on.</summary>
    public TemplateEvaluator EvaluatorWithSecrets()
    {
        // The token is in secrets everywhere, whatever the caller passed on.
        var all = Plan.Request.GitHubToken is { } token && !Scope.Secrets.Any(secret => string.Equals(secret.Key, Token, StringComparison.OrdinalIgnoreCase))
            ? Scope.Secrets.Add(KeyValuePair.Create(Token, token))
            : Scope.Secrets;
        var secrets = all.Select(secret => KeyValuePair.Create<string, Value>(secret.Key, new StringValue(secret.Value.Reveal())));
        return Evaluator(NoFunctions, [KeyValuePair.Create<string, Value>("secrets", new ObjectValue(secrets))]);
    }

    /// <summary>An evaluator over them and the results of the workflow's own jobs: what a called workflow gives back.</summary>
    public TemplateEvaluator EvaluatorWithJobs(DictionaryData jobs) =>
        Evaluator(NoFunctions, [KeyValuePair.Create("jobs", ContextValues.ToValue(jobs))]);

    private IEnumerable<KeyValuePair<string, ContextData>> Own =>
    [
        KeyValuePair.Create("matrix", Matrix),
        KeyValuePair.Create<string, ContextData>("needs", Needs),
        KeyValuePair.Create("strategy", Strategy),
    ];

    private TemplateEvaluator Evaluator(
        IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> functions, IEnumerable<KeyValuePair<string, Value>> further) => new(
        new EvaluationContext
        {
            Contexts = Scope.SharedValues.SetItems(ContextValues.ToContexts(Own)).SetItems(further),
            Functions = functions,
        },
        Scope.Workflow.FileTable);
}
