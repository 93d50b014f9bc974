using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model.Calls;

/// <summary>Holds a call against the workflow that it calls: trigger, inputs, secrets, permissions. The messages are GitHub's.</summary>
/// <param name="caller">Takes what is wrong at the call.</param>
/// <param name="called">Takes what is wrong in the called file.</param>
/// <param name="job">The calling job.</param>
/// <param name="call">Its call.</param>
internal sealed class CallChecker(DiagnosticBag caller, DiagnosticBag called, WorkflowJob job, CalledWorkflow call)
{
    /// <summary>Checks all but permissions.</summary>
    public void CheckTrigger(TemplateToken on)
    {
        var (isCallable, trigger) = Trigger(on);
        if (!isCallable)
        {
            called.Add(on.Position, "workflow_call key is not defined in the referenced workflow.");
            return;
        }

        CheckInputs(trigger?.Find("inputs") as MappingToken);
        if (call.Secrets is not StringToken)
        {
            CheckSecrets(trigger?.Find("secrets") as MappingToken);
        }
    }

    /// <summary>Checks that the called workflow and its jobs want no more than the caller may give.</summary>
    public void CheckPermissions(Workflow workflow, TokenAccess allowed)
    {
        if (TokenAccess.Read(workflow.Permissions)?.Beyond(allowed) is var (requested, most))
        {
            Refuse($"The workflow '{call.Reference}'", requested, most);
        }

        foreach (var nested in workflow.Jobs)
        {
            if (TokenAccess.Read(nested.Permissions)?.Beyond(allowed) is var (wanted, given))
            {
                Refuse($"The nested job '{(nested.Name?.ToString() is { Length: > 0 } name ? name : nested.Id)}'", wanted, given);
            }
        }
    }

    private static (bool IsCallable, MappingToken? Trigger) Trigger(TemplateToken on) => on switch
    {
        StringToken { Value: "workflow_call" } => (true, null),
        SequenceToken list => (list.Items.Any(item => item is StringToken { Value: "workflow_call" }), null),
        MappingToken events => (events.Find("workflow_call") is not null, events.Find("workflow_call") as MappingToken),
        _ => (false, null),
    };

    private void CheckInputs(MappingToken? defined)
    {
        var given = call.With as MappingToken;
        foreach (var (key, value) in defined?.Entries ?? [])
        {
            var type = (value as MappingToken)?.Find("type")?.ToString();
            if ((value as MappingToken)?.Find("default") is { } preset)
            {
                CheckType(type, preset, called);
            }

            if (given?.Find(key.ToString() ?? string.Empty) is { } input)
            {
                CheckType(type, input, caller);
            }
            else if (IsRequired(value))
            {
                caller.Add(call.Position, $"Input {key} is required, but not provided while calling.");
            }
        }

        RefuseUndefined(defined, given, "input");
    }

    private void CheckSecrets(MappingToken? defined)
    {
        var given = call.Secrets as MappingToken;
        foreach (var (key, value) in defined?.Entries ?? [])
        {
            if (IsRequired(value) && given?.Find(key.ToString() ?? string.Empty) is null)
            {
                caller.Add(call.Position, $"Secret {key} is required, but not provided while calling.");
            }
        }

        RefuseUndefined(defined, given, "secret");
    }

    // A text takes every scalar: null, booleans and numbers are read as the text that they stand for.
    private static void CheckType(string? type, TemplateToken value, DiagnosticBag diagnostics)
    {
        var fits = (type, value) switch
        {
            (_, ExpressionToken) => true,
            ("boolean", _) => value is BooleanToken,
            ("number", _) => value is NumberToken,
            _ => true,
        };
        if (!fits)
        {
            diagnostics.Add(value.Position, $"Unexpected value '{value}'");
        }
    }

    private void RefuseUndefined(MappingToken? defined, MappingToken? given, string kind)
    {
        foreach (var (key, value) in given?.Entries ?? [])
        {
            if (key is StringToken name && defined?.Find(name.Value) is null)
            {
                var known = defined?.Entries.Select(entry => entry.Key.ToString() ?? string.Empty).ToList() ?? [];
                caller.Add(
                    value.Position, $"Invalid {kind}, {name} is not defined in the referenced workflow.", Hints.Nearest(name.Value, known));
            }
        }
    }

    private void Refuse(string who, string requested, string allowed) => caller.Add(
        job.Position,
        $"Error calling workflow '{call.Reference}'. {who} is requesting '{requested}', but is only allowed '{allowed}'.");

    private static bool IsRequired(TemplateToken definition) => (definition as MappingToken)?.Find("required") is BooleanToken { Value: true };
}
