using System.Collections.Immutable;
using Runner.Expressions;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;

namespace Runner.Workflows.Planning;

/// <summary>
/// <c>actions/checkout</c> of the run's own repository, where the workspace holds it already: it becomes a step of the same id that says so
/// and gives the same outputs; with a <c>path</c> it copies the checkout there. Act's rule: no other <c>repository</c>, no other <c>ref</c>.
/// </summary>
internal static class OwnCheckout
{
    private const string Action = "actions/checkout";

    // What is in the workspace, but for the folder that it is copied to.
    private const string CopyToPath =
        "mkdir -p \"$CHECKOUT_PATH\"\n"
        + "first=${CHECKOUT_PATH#./}; first=${first%%/*}\n"
        + "for entry in * .[!.]*; do [ \"$entry\" = \"$first\" ] || [ ! -e \"$entry\" ] || cp -a \"$entry\" \"$CHECKOUT_PATH/\"; done\n";

    // Only these are known before the job runs; anything else may name whatever it likes.
    private static readonly string[] LateContexts = ["steps", "job", "runner", "env", "secrets"];

    /// <summary>The steps, each checkout of the own repository replaced.</summary>
    public static IEnumerable<WorkflowStep> Skip(PlannedJob planned) =>
        planned.Job.Steps.Select(step => step is UsesStep uses && IsOwn(uses, planned) ? Replace(uses, planned) : step);

    private static bool IsOwn(UsesStep step, PlannedJob planned)
    {
        if (step.Reference is not { Type: ActionSource.Repository, Name: { } name, Path: null }
            || !string.Equals(name, Action, StringComparison.OrdinalIgnoreCase)
            || step.With is not (null or NullToken or MappingToken))
        {
            return false;
        }

        var (with, github) = (step.With as MappingToken, planned.Plan.GitHub);
        string?[] ownRefs = [github.FindText("ref"), github.FindText("ref_name"), github.FindText("sha"), github.FindText("head_ref")];
        return IsEmptyOrOneOf(with?.Find("repository"), planned, github.FindText("repository"))
            && IsEmptyOrOneOf(with?.Find("ref"), planned, ownRefs)
            && !IsLate(with?.Find("path"));
    }

    private static bool IsEmptyOrOneOf(TemplateToken? token, PlannedJob planned, params ReadOnlySpan<string?> own)
    {
        if (IsLate(token))
        {
            return false;
        }

        var text = planned.Contexts.Evaluator().EvaluateText(token);
        foreach (var value in own)
        {
            if (string.Equals(text, value, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return text.Length == 0;
    }

    private static bool IsLate(TemplateToken? token) =>
        token is ExpressionToken expression && Expression.Parse(expression.Expression).UsesContext(LateContexts);

    private static RunStep Replace(UsesStep step, PlannedJob planned)
    {
        var github = planned.Plan.GitHub;
        var path = planned.Contexts.Evaluator().EvaluateText((step.With as MappingToken)?.Find("path"));
        return new RunStep
        {
            Id = step.Id,
            Name = step.Name ?? new StringToken($"Run {step.Uses}"),
            Position = step.Position,
            Condition = step.Condition,
            ContinueOnError = step.ContinueOnError,
            ParallelGroup = step.ParallelGroup,
            IsBackground = step.IsBackground,

            // By the environment, not in the script: a ref may hold letters that mean something to a shell.
            Env = new MappingToken(ImmutableArray.Create(
                Entry("CHECKOUT_REF", github.FindText("ref")), Entry("CHECKOUT_COMMIT", github.FindText("sha")), Entry("CHECKOUT_PATH", path))),
            Shell = new StringToken("sh"),
            Script = new StringToken(
                $"echo \"{step.Uses} is skipped: the workspace holds this checkout already. --no-skip-checkout runs it.\"\n"
                + (path is "" or "." or "./" ? string.Empty : CopyToPath)
                + "printf 'ref=%s\\ncommit=%s\\n' \"$CHECKOUT_REF\" \"$CHECKOUT_COMMIT\" >> \"$GITHUB_OUTPUT\"\n"),
        };
    }

    private static MappingEntry Entry(string name, string? value) => new(new StringToken(name), new StringToken(value ?? string.Empty));
}
