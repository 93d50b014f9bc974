using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model.Triggers;

namespace Runner.Workflows.Model.Calls;

/// <summary>Holds a call against the workflow that it calls: trigger, inputs, secrets, permissions. The messages are GitHub's.</summary>
/// <param name="caller">Takes what is wrong at the call.</param>
/// <param name="called">Takes what is wrong in the called file.</param>
/// <param name="job">The calling job.</param>
/// <param name="call">Its call.</param>
internal sealed class CallChecker(DiagnosticBag caller, DiagnosticBag called, WorkflowJob job, CalledWorkflow call)
{
    /// <summary>Checks all but permissions.</summary>
    public void CheckTrigger(Workflow workflow)
    {
        if (workflow.FindTrigger("workflow_call") is not { } trigger)
        {
            called.Add(workflow.On.Position, "workflow_call key is not defined in the referenced workflow.");
            return;
        }

        CheckInputs(trigger.Inputs);
        if (call.Secrets is not StringToken)
        {
            CheckSecrets(trigger.Secrets);
        }
    }

    /// <summary>Checks that the called workflow and its jobs want no more than the caller may give.</summary>
    public void CheckPermissions(Workflow workflow, TokenAccess allowed)
    {
        if (TokenAccess.Of(workflow.Permissions)?.Beyond(allowed) is var (requested, most))
        {
            Refuse($"The workflow '{call.Reference}'", requested, most);
        }

        foreach (var nested in workflow.Jobs)
        {
            if (TokenAccess.Of(nested.Permissions)?.Beyond(allowed) is var (wanted, given))
            {
                Refuse($"The nested job '{(nested.Name?.ToString() is { Length: > 0 } name ? name : nested.Id)}'", wanted, given);
            }
        }
    }

    private void CheckInputs(ImmutableArray<InputDefinition> defined)
    {
        var given = call.With as MappingToken;
        foreach (var input in defined)
        {
            if (input.Default is { } preset)
            {
                CheckType(input.Type, preset, called);
            }

            if (given?.Find(input.Name) is { } value)
            {
                CheckType(input.Type, value, caller);
            }
            else if (input.IsRequired)
            {
                caller.Add(call.Position, $"Input {input.Name} is required, but not provided while calling.");
            }
        }

        RefuseUndefined([.. defined.Select(input => input.Name)], given, "input");
    }

    private void CheckSecrets(ImmutableArray<SecretDefinition> defined)
    {
        var given = call.Secrets as MappingToken;
        foreach (var secret in defined.Where(secret => secret.IsRequired && given?.Find(secret.Name) is null))
        {
            caller.Add(call.Position, $"Secret {secret.Name} is required, but not provided while calling.");
        }

        RefuseUndefined([.. defined.Select(secret => secret.Name)], given, "secret");
    }

    // A text takes every scalar: null, booleans and numbers are read as the text that they stand for.
    private static void CheckType(string type, TemplateToken value, DiagnosticBag diagnostics)
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

    private void RefuseUndefined(string[] defined, MappingToken? given, string kind)
    {
        foreach (var (key, value) in given?.Entries ?? [])
        {
            if (key is StringToken name && !defined.Contains(name.Value, StringComparer.OrdinalIgnoreCase))
            {
                caller.Add(
                    value.Position, $"Invalid {kind}, {name} is not defined in the referenced workflow.", Hints.Nearest(name.Value, defined));
            }
        }
    }

    private void Refuse(string who, string requested, string allowed) => caller.Add(
        job.Position,
        $"Error calling workflow '{call.Reference}'. {who} is requesting '{requested}', but is only allowed '{allowed}'.");
}
