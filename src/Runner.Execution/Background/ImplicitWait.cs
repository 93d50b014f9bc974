using Runner.Execution.Steps;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Background;

/// <summary>The step "Wait for all background steps", which a job gets that starts some and neither waits for nor cancels them all. Pure.</summary>
internal static class ImplicitWait
{
    private const string Name = "Wait for all background steps";

    /// <summary>The step, or <c>null</c> where the author's own steps cover every background step.</summary>
    public static StepUse? For(IEnumerable<StepUse> uses)
    {
        var open = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var step in uses.Select(use => use.Step))
        {
            if (step.Type != StepType.BackgroundStepControl)
            {
                if (step.Background)
                {
                    open.Add(step.ContextName ?? string.Empty);
                }
            }
            else if (step.ControlType is BackgroundControl.Wait or BackgroundControl.Cancel)
            {
                open.ExceptWith(step.StepIds);
            }
            else
            {
                open.Clear();
            }
        }

        return open.Count == 0 ? null : new StepUse(Step(), parent: null) { Name = Name };
    }

    private static JobStep Step() => new()
    {
        Type = StepType.BackgroundStepControl,
        Id = StepId.New(),
        ContextName = "__implicit_wait_all",
        ControlType = BackgroundControl.WaitAll,
        Condition = "always()",
        DisplayNameToken = new StringToken(Name),
    };
}
