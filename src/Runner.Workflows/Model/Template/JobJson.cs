using System.Text.Json.Nodes;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Model.Template;

/// <summary>Jobs and steps in the JSON of GitHub's workflow parser.</summary>
internal sealed class JobJson(TokenJson tokens)
{
    /// <summary>All jobs of a workflow.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="inherited">What its jobs may do where they do not say; <c>null</c>: nobody said.</param>
    public JsonArray Jobs(Workflow workflow, TokenAccess? inherited) => new([.. workflow.Jobs.Select(job => (JsonNode)Job(job, inherited))]);

    /// <summary>What a token may do, without what it may not.</summary>
    public static JsonObject? Permissions(TokenAccess? access) => access is null
        ? null
        : new JsonObject(access.Levels.Select(level => KeyValuePair.Create<string, JsonNode?>(level.Key, level.Value.ToText())));

    private JsonObject Job(WorkflowJob job, TokenAccess? inherited)
    {
        var access = TokenAccess.Of(job.Permissions) ?? inherited;
        var json = new JsonObject
        {
            ["type"] = job.Calls is null ? "job" : "reusableWorkflowJob",
            ["id"] = tokens.Text(job.Id, job.Position),
            ["name"] = job.Name is null or StringToken { Value: "" } ? tokens.Text(job.Id, job.Position) : tokens.Of(job.Name),
        };
        if (job.Calls is not null || !job.WrittenNeeds.IsEmpty)
        {
            json["needs"] = new JsonArray([.. job.WrittenNeeds.Select(tokens.Of)]);
        }

        json["if"] = tokens.Expression(job.Condition, job.ConditionPosition);
        if (job.Calls is { } call)
        {
            AddCall(json, call, access);
        }
        else
        {
            WorkflowTemplate.Add(json, "permissions", Permissions(access));
            AddOwn(json, job);
        }

        WorkflowTemplate.Add(json, "strategy", tokens.Of(job.Strategy?.Written));
        WorkflowTemplate.Add(json, "concurrency", tokens.Of(job.Concurrency?.Written));
        return json;
    }

    private void AddOwn(JsonObject json, WorkflowJob job)
    {
        WorkflowTemplate.Add(json, "continue-on-error", tokens.Of(job.ContinueOnError));
        WorkflowTemplate.Add(json, "timeout-minutes", tokens.Of(job.TimeoutMinutes));
        WorkflowTemplate.Add(json, "cancel-timeout-minutes", tokens.Of(job.CancelTimeoutMinutes));
        WorkflowTemplate.Add(json, "env", tokens.Of(job.Env));
        WorkflowTemplate.Add(json, "environment", tokens.Of(job.Environment?.Written));
        WorkflowTemplate.Add(json, "defaults", tokens.Of(job.Defaults?.Written));
        WorkflowTemplate.Add(json, "runs-on", tokens.Of(job.RunsOn?.Written));
        WorkflowTemplate.Add(json, "container", tokens.Of(job.Container?.Written));
        WorkflowTemplate.Add(json, "services", tokens.Of(job.Services?.Written));
        WorkflowTemplate.Add(json, "outputs", tokens.Of(job.Outputs));
        WorkflowTemplate.Add(json, "snapshot", tokens.Of(job.Snapshot?.Written));
        if (!job.Steps.IsEmpty)
        {
            json["steps"] = new JsonArray([.. job.Steps.Select(step => (JsonNode)Step(step))]);
        }
    }

    private void AddCall(JsonObject json, CalledWorkflow call, TokenAccess? access)
    {
        json["ref"] = tokens.Text(call.Reference, call.Position);
        var trigger = (call.Workflow?.On as MappingToken)?.Find("workflow_call") as MappingToken;
        var allowed = TokenAccess.Of(call.Workflow?.Permissions) ?? access;
        WorkflowTemplate.Add(json, "permissions", Permissions(allowed));
        WorkflowTemplate.Add(json, "input-definitions", tokens.Of(trigger?.Find("inputs")));
        WorkflowTemplate.Add(json, "input-values", tokens.Of(call.With));
        WorkflowTemplate.Add(json, "secret-definitions", tokens.Of(trigger?.Find("secrets")));
        if (call.Secrets is StringToken)
        {
            json["inherit-secrets"] = true;
        }
        else
        {
            WorkflowTemplate.Add(json, "secret-values", tokens.Of(call.Secrets));
        }

        WorkflowTemplate.Add(json, "outputs", tokens.Of(trigger?.Find("outputs")));
        WorkflowTemplate.Add(json, "defaults", tokens.Of(call.Workflow?.Defaults?.Written));
        WorkflowTemplate.Add(json, "env", tokens.Of(call.Workflow?.Env));
        WorkflowTemplate.Add(json, "embedded-concurrency", tokens.Of(call.Workflow?.Concurrency?.Written));
        json["jobs"] = call.Workflow is { } workflow ? Jobs(workflow, allowed) : [];
    }

    private JsonObject Step(WorkflowStep step)
    {
        var json = new JsonObject { ["id"] = step.Id };
        WorkflowTemplate.Add(json, "name", tokens.Of(step.Name));
        WorkflowTemplate.Add(json, "continue-on-error", tokens.Of(step.ContinueOnError));
        if (step is ActionStep action)
        {
            json["if"] = tokens.Expression(action.Condition, action.ConditionPosition);
            WorkflowTemplate.Add(json, "timeout-minutes", tokens.Of(action.TimeoutMinutes));
            WorkflowTemplate.Add(json, "env", tokens.Of(action.Env));
            WorkflowTemplate.Add(json, "background", action.IsBackground ? true : null);
        }

        switch (step)
        {
            case RunStep run:
                json["run"] = tokens.Of(run.Script);
                WorkflowTemplate.Add(json, "working-directory", tokens.Of(run.WorkingDirectory));
                WorkflowTemplate.Add(json, "shell", tokens.Of(run.Shell));
                break;
            case UsesStep uses:
                json["uses"] = tokens.Text(uses.Uses, uses.UsesPosition);
                WorkflowTemplate.Add(json, "with", tokens.Of(uses.With));
                break;
            case ControlStep { Control: "wait" } wait:
                json["wait"] = new JsonArray([.. wait.Targets.Select(target => (JsonNode)target)]);
                break;
            case ControlStep control:
                json[control.Control] = control.Targets.IsEmpty ? true : control.Targets[0];
                break;
        }

        return json;
    }
}
