using System.Collections.Immutable;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Triggers;

namespace Runner.Workflows.Planning.Calls;

/// <summary>Plans the call of a workflow by a job: what the called one sees of inputs, secrets and permissions, and what it gives back.</summary>
internal static class CallPlanner
{
    private const string CallEvent = "workflow_call";

    /// <summary>The called workflow as a scope of jobs.</summary>
    /// <param name="job">The calling job.</param>
    /// <param name="call">Its <c>uses</c>, <c>with</c> and <c>secrets</c>.</param>
    /// <param name="contexts">The calling job's contexts.</param>
    /// <param name="id">The calling job in the run.</param>
    /// <param name="name">Its shown name.</param>
    /// <exception cref="WorkflowException">The call is not valid.</exception>
    public static WorkflowScope Plan(WorkflowJob job, CalledWorkflow call, JobContexts contexts, PlannedJobId id, string name)
    {
        var caller = contexts.Scope;
        if (!caller.Place.TryResolve(call.Reference, out var place) || call.Workflow is not { } workflow)
        {
            throw new WorkflowException($"'{call.Reference}' was not read", call.Position);
        }

        var called = workflow.FindTrigger(CallEvent);
        var scope = new WorkflowScope
        {
            Plan = contexts.Plan,
            Workflow = workflow,
            Place = place,
            Jobs = RunPlan.Order(workflow),
            Inputs = DictionaryData.Empty,
            Secrets = Secrets(call, called?.Secrets ?? [], contexts),
            Ceiling = JobRights.PermissionsOf(job, caller),
            CacheCeiling = JobRights.CacheAccessOf(job, caller),
            IdPrefix = $"{id}/",
            NamePrefix = $"{name} / ",
            IsPreview = caller.IsPreview,
            UnknownInputs = caller.IsPreview ? UnknownValues.InputsOf(call, contexts) : [],
            UnknownOfCaller = caller.IsPreview ? [.. UnknownValues.KeysOf(job, contexts).Where(key => key is not ("with" or "name"))] : [],
        };
        var given = contexts.Evaluator().EvaluateEntries(call.With);
        var inputs = InputValues.Resolve(
            called?.Inputs ?? [], given, new JobContexts(scope).Evaluator(), comesFromOutside: false);
        scope = scope with { Inputs = inputs };
        return scope with { Concurrency = ConcurrencyRequest.Read(workflow.Concurrency, new JobContexts(scope).Evaluator()) };
    }

    /// <summary>The outputs that a called workflow gives to the job that called it; none in a preview, where its jobs have none.</summary>
    /// <param name="scope">The called workflow.</param>
    /// <param name="results">How its jobs ended.</param>
    /// <exception cref="WorkflowException">An output cannot be evaluated.</exception>
    public static ImmutableArray<KeyValuePair<string, string>> Outputs(WorkflowScope scope, IEnumerable<NeedResult> results)
    {
        var outputs = scope.Workflow.FindTrigger(CallEvent)?.Outputs ?? [];
        if (outputs.IsEmpty || scope.IsPreview)
        {
            return [];
        }

        var jobs = new DictionaryData([.. results.Select(result => KeyValuePair.Create<string, ContextData>(result.JobId, result.ToData()))]);
        var evaluator = new JobContexts(scope).EvaluatorWithJobs(jobs);
        return [.. outputs.Select(output => KeyValuePair.Create(output.Name, evaluator.EvaluateText(output.Value)))];
    }

    private static ImmutableArray<KeyValuePair<string, Secret>> Secrets(CalledWorkflow call, ImmutableArray<SecretDefinition> definitions, JobContexts contexts)
    {
        if (call.Secrets is StringToken { Value: "inherit" })
        {
            return contexts.Scope.Secrets;
        }

        ImmutableArray<KeyValuePair<string, Secret>> given =
        [
            .. contexts.EvaluatorWithSecrets().EvaluateTexts(call.Secrets).Select(secret => KeyValuePair.Create(secret.Key, new Secret(secret.Value))),
        ];
        foreach (var required in definitions.Where(definition => definition.IsRequired))
        {
            if (!given.Any(secret => string.Equals(secret.Key, required.Name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new WorkflowException($"Secret {required.Name} is required, but not provided while calling.", call.Position);
            }
        }

        return given;
    }
}
