using System.Collections.Immutable;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;
using Runner.Workflows.Planning.Concurrency;
using Runner.Workflows.Planning.Triggers;

namespace Runner.Workflows.Planning.Calls;

/// <summary>Plans the call of a workflow by a job: what the called one sees of inputs, secrets and permissions, and what it gives back.</summary>
internal static class CallPlanner
{
    private const string CallEvent = "workflow_call";

    /// <summary>The called workflow as a scope of jobs.</summary>
    /// <param name="call"><c>uses</c>, <c>with</c> and <c>secrets</c> of the job.</param>
    /// <param name="permissions">What the calling job's token may do.</param>
    /// <param name="contexts">The calling job's contexts.</param>
    /// <param name="id">The calling job.</param>
    /// <param name="name">Its shown name.</param>
    /// <exception cref="WorkflowException">The call is not valid.</exception>
    public static WorkflowScope Plan(CalledWorkflow call, TokenPermissions permissions, JobContexts contexts, PlannedJobId id, string name)
    {
        var caller = contexts.Scope;
        if (!caller.Place.TryResolve(call.Reference, out var place) || contexts.Plan.Request.Calls.Find(place) is not { } workflow)
        {
            throw new WorkflowException($"'{call.Reference}' was not read", call.Position);
        }

        var called = WorkflowTriggers.FiltersOf(workflow, CallEvent) as MappingToken;
        var scope = new WorkflowScope
        {
            Plan = contexts.Plan,
            Workflow = workflow,
            Place = place,
            Jobs = RunPlan.Order(workflow),
            Inputs = NullData.Instance,
            Secrets = Secrets(call, called?.Find("secrets"), contexts),
            Ceiling = permissions,
            IdPrefix = $"{id}/",
            NamePrefix = $"{name} / ",
        };
        var given = contexts.Evaluator().EvaluateEntries(call.With);
        var inputs = InputValues.Resolve(
            InputDefinition.Read(called?.Find("inputs")), given, new JobContexts(scope).Evaluator(), comesFromOutside: false);
        scope = scope with { Inputs = inputs };
        return scope with { Concurrency = ConcurrencyRequest.Read(workflow.Concurrency, new JobContexts(scope).Evaluator()) };
    }

    /// <summary>The outputs that a called workflow gives to the job that called it.</summary>
    /// <param name="scope">The called workflow.</param>
    /// <param name="results">How its jobs ended.</param>
    /// <exception cref="WorkflowException">An output cannot be evaluated.</exception>
    public static ImmutableArray<KeyValuePair<string, string>> Outputs(WorkflowScope scope, IEnumerable<NeedResult> results)
    {
        if ((WorkflowTriggers.FiltersOf(scope.Workflow, CallEvent) as MappingToken)?.Find("outputs") is not MappingToken outputs)
        {
            return [];
        }

        var jobs = new DictionaryData([.. results.Select(result => KeyValuePair.Create<string, ContextData>(result.JobId, result.ToData()))]);
        var evaluator = new JobContexts(scope).EvaluatorWithJobs(jobs);
        return
        [
            .. outputs.Entries.Select(output => KeyValuePair.Create(
                output.Key.ToString() ?? string.Empty, evaluator.EvaluateText((output.Value as MappingToken)?.Find("value")))),
        ];
    }

    private static ImmutableArray<KeyValuePair<string, Secret>> Secrets(CalledWorkflow call, TemplateToken? definitions, JobContexts contexts)
    {
        if (call.Secrets is StringToken { Value: "inherit" })
        {
            return contexts.Scope.Secrets;
        }

        ImmutableArray<KeyValuePair<string, Secret>> given =
        [
            .. contexts.EvaluatorWithSecrets().EvaluateTexts(call.Secrets).Select(secret => KeyValuePair.Create(secret.Key, new Secret(secret.Value))),
        ];
        foreach (var (key, definition) in (definitions as MappingToken)?.Entries ?? [])
        {
            if (definition is MappingToken mapping
                && mapping.Find("required") is BooleanToken { Value: true }
                && !given.Any(secret => string.Equals(secret.Key, key.ToString(), StringComparison.OrdinalIgnoreCase)))
            {
                throw new WorkflowException($"Secret {key} is required, but not provided while calling.", call.Position);
            }
        }

        return given;
    }
}
