using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Model;

/// <summary>Makes the steps of one job from tokens that the grammar has checked; a step that it refused is left out.</summary>
/// <param name="diagnostics">Takes what is wrong.</param>
/// <param name="conditionScope">What an <c>if</c> may use: a job's steps and those of an action differ.</param>
internal sealed class StepReader(DiagnosticBag diagnostics, ExpressionScope conditionScope)
{
    private readonly HashSet<string> _ids = new(StringComparer.OrdinalIgnoreCase);

    public ImmutableArray<WorkflowStep> Read(TemplateToken? token)
    {
        if (token is not SequenceToken sequence)
        {
            return [];
        }

        // Ids that authors chose come first: a generated one makes way for them.
        TakeIds(sequence);
        return [.. ReadList(sequence, parallelGroup: null)];
    }

    private void TakeIds(SequenceToken sequence)
    {
        foreach (var step in sequence.Items.OfType<MappingToken>())
        {
            if (step.Find("parallel") is SequenceToken parallel)
            {
                TakeIds(parallel);
            }

            if (step.Find("id") is StringToken id)
            {
                TakeId(id);
            }
        }
    }

    private void TakeId(StringToken id)
    {
        if (Identifiers.Check(id, diagnostics) && !_ids.Add(id.Value))
        {
            diagnostics.Add(id.Position, $"The identifier '{id.Value}' may not be used more than once within the same scope.");
        }
    }

    private List<WorkflowStep> ReadList(SequenceToken sequence, string? parallelGroup)
    {
        var steps = new List<WorkflowStep>();
        foreach (var step in sequence.Items.OfType<MappingToken>())
        {
            if (step.Find("parallel") is SequenceToken parallel)
            {
                steps.AddRange(ReadList(parallel, Identifiers.Generate("parallel", _ids)));
            }
            else if (ReadStep(step) is { } read)
            {
                steps.Add(read with { Position = step.Position, ParallelGroup = parallelGroup });
            }
        }

        return steps;
    }

    private WorkflowStep? ReadStep(MappingToken step)
    {
        if (step.Find("run") is { } script)
        {
            return Complete(step, new RunStep
            {
                Id = IdOf(step, "run"),
                Script = script,
                Shell = step.Find("shell"),
                WorkingDirectory = step.Find("working-directory"),
            });
        }

        if (step.Find("uses") is StringToken uses)
        {
            return ReadUses(step, uses);
        }

        return ReadControl(step);
    }

    private ActionStep? ReadUses(MappingToken step, StringToken uses)
    {
        if (ActionReferences.TryParse(uses.Value, out var reference))
        {
            return Complete(step, new UsesStep
            {
                Id = IdOf(step, ActionReferences.IdSeed(reference)),
                Uses = uses.Value,
                UsesPosition = uses.Position,
                Reference = reference,
                With = step.Find("with"),
            });
        }

        if (uses.Value.Length > 0 && !ExpressionSplitter.HasExpression(uses.Value))
        {
            diagnostics.Add(uses.Position, $"Expected format {{org}}/{{repo}}[/path]@ref. Actual '{uses.Value}'");
        }

        return null;
    }

    private ActionStep Complete(MappingToken step, ActionStep read) => read with
    {
        Name = step.Find("name"),
        Condition = Conditions.Read(step.Find("if"), conditionScope, diagnostics),
        ConditionPosition = step.Find("if")?.Position,
        ContinueOnError = step.Find("continue-on-error"),
        TimeoutMinutes = step.Find("timeout-minutes"),
        Env = step.Find("env"),
        IsBackground = step.Find("background") is BooleanToken { Value: true },
    };

    private ControlStep? ReadControl(MappingToken step)
    {
        var (control, name, targets) = step switch
        {
            _ when step.Find("wait") is { } wait => ("wait", "Wait", wait),
            _ when step.Find("wait-all") is not null => ("wait-all", "Wait for all", null),
            _ when step.Find("cancel") is { } cancel => ("cancel", "Cancel", cancel),
            _ => (string.Empty, string.Empty, null),
        };
        return control.Length == 0 ? null : new ControlStep
        {
            Id = IdOf(step, control),
            Name = step.Find("name") ?? new StringToken(name),
            ContinueOnError = step.Find("continue-on-error"),
            Control = control,
            Targets = [.. Targets(targets)],
        };
    }

    private IEnumerable<string> Targets(TemplateToken? token)
    {
        IEnumerable<TemplateToken> items = token switch
        {
            null => [],
            SequenceToken list => list.Items,
            _ => [token],
        };
        foreach (var target in items.OfType<StringToken>())
        {
            if (!_ids.Contains(target.Value))
            {
                diagnostics.Add(
                    target.Position, $"Step '{target.Value}' is not a step of this job", Hints.Nearest(target.Value, [.. _ids.Where(id => !id.StartsWith("__", StringComparison.Ordinal))]));
            }

            yield return target.Value;
        }
    }

    private string IdOf(MappingToken step, string seed) =>
        step.Find("id") is StringToken { Value.Length: > 0 } id ? id.Value : Identifiers.Generate(seed, _ids);
}
