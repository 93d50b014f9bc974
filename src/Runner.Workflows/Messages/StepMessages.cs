using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;

namespace Runner.Workflows.Messages;

/// <summary>Makes the steps of a job message.</summary>
internal static class StepMessages
{
    /// <summary>The steps as a message carries them.</summary>
    /// <param name="steps">The steps in order.</param>
    /// <param name="owner">Id of what they belong to, a job or the step of a composite action: their own ids are made from it.</param>
    public static ImmutableArray<JobStep> Build(IEnumerable<WorkflowStep> steps, Guid owner) =>
        [.. WithWaits([.. steps]).Select(step => Common(Build(step), step, owner))];

    // "parallel" is short for steps in the background and a wait behind the last of them.
    private static IEnumerable<WorkflowStep> WithWaits(IReadOnlyList<WorkflowStep> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            yield return steps[i];
            if (steps[i].ParallelGroup is { } group && !steps.Skip(i + 1).Any(step => step.ParallelGroup == group))
            {
                yield return new ControlStep
                {
                    Id = group + "_wait",
                    Name = new StringToken("Wait for parallel steps"),
                    Control = "wait",
                    Targets = [.. steps.OfType<ActionStep>().Where(step => step.ParallelGroup == group).Select(step => step.Id)],
                };
            }
        }
    }

    private static JobStep Build(WorkflowStep step) => step switch
    {
        RunStep run => Action(run) with
        {
            Reference = new ActionReference { Type = ReferenceType.Script },
            Inputs = Inputs(("script", run.Script), ("shell", run.Shell), ("workingDirectory", run.WorkingDirectory)),
        },
        UsesStep uses => Action(uses) with { Reference = uses.Reference, Inputs = MessageTokens.Compact(uses.With) },
        ControlStep control => new JobStep
        {
            Type = StepType.BackgroundStepControl,
            ControlType = control.Control,
            StepIds = control.Targets,
            Condition = "always()",
        },
        _ => throw new ArgumentException($"{step.GetType().Name} has no message", nameof(step)),
    };

    private static JobStep Action(ActionStep step) => new()
    {
        Type = StepType.Action,
        Condition = step.Condition,
        TimeoutInMinutes = MessageTokens.Compact(step.TimeoutMinutes),
        Environment = MessageTokens.Compact(step.Env),
        Background = step.IsBackground || step.ParallelGroup is not null,
    };

    private static JobStep Common(JobStep message, WorkflowStep step, Guid owner) => message with
    {
        Id = IdOf(owner, step.Id),
        Name = step.Id,
        ContextName = step.Id,
        DisplayNameToken = MessageTokens.Compact(step.Name),
        ContinueOnError = MessageTokens.Compact(step.ContinueOnError),
        ParallelGroupId = step.ParallelGroup,
    };

    private static MappingToken Inputs(params ReadOnlySpan<(string Name, TemplateToken? Value)> inputs)
    {
        var entries = ImmutableArray.CreateBuilder<MappingEntry>();
        foreach (var (name, value) in inputs)
        {
            if (value is not null)
            {
                entries.Add(new MappingEntry(new StringToken(name), MessageTokens.Compact(value)));
            }
        }

        return new MappingToken(entries.ToImmutable());
    }

    // From the owner's id and the step's, so that the same job gives the same message: the builder stays pure.
    private static StepId IdOf(Guid owner, string stepId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{owner}/{stepId}"));
        return new StepId(new Guid(hash.AsSpan(0, 16)));
    }
}
