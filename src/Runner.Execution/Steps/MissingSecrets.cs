using System.Text.RegularExpressions;
using Runner.Execution.Scopes;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Steps;

/// <summary>Finds what a step wants of secrets that a local run was not given. On GitHub a run always has its token, and a repository its secrets.</summary>
internal static partial class MissingSecrets
{
    private const string TokenName = "GITHUB_TOKEN";

    /// <summary>What to tell of a step that failed, or <c>null</c>: it was not for want of one.</summary>
    public static string? HintOf(JobScope job, StepUse step)
    {
        if (job.Payload.Reporting != ReportingTarget.Launcher)
        {
            return null;
        }

        var given = job.Message.Variables
            .Where(variable => variable.Value is { IsSecret: true, Value.Length: > 0 })
            .Select(variable => variable.Key == JobVariables.GitHubToken ? TokenName : variable.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var held = (job.Message.Variable(JobVariables.SecretsNotPassed) ?? string.Empty).Split(',').ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = Tokens(job, step).SelectMany(Expressions).SelectMany(NamesIn)
            .Where(name => !given.Contains(name))
            .Select(name => name.ToUpperInvariant()).Distinct().Order(StringComparer.Ordinal)
            .ToLookup(held.Contains);
        return missing.Count == 0 ? null : string.Join(' ', Hints([.. missing[false]], [.. missing[true]]));
    }

    private static IEnumerable<string> Hints(string[] notGiven, string[] notPassed)
    {
        if (notGiven.Length > 0)
        {
            yield return $"This step uses {string.Join(", ", notGiven)}, which this run was not given: {string.Join(" ", notGiven.Select(name => $"-s {name}=…"))} gives it.";
        }

        if (notPassed.Length > 0)
        {
            yield return $"This step uses {string.Join(", ", notPassed)}, which the call of this workflow does not pass on: 'secrets: inherit' at the job that calls it does.";
        }
    }

    private static IEnumerable<TemplateToken> Tokens(JobScope job, StepUse step) => job.Message.EnvironmentVariables.Concat(OfStep(step));

    private static IEnumerable<TemplateToken> OfStep(StepUse step)
    {
        IEnumerable<TemplateToken?> own = [step.Step.Inputs, step.Step.Environment, .. step.Action?.Manifest.Inputs.Where(input => !IsGiven(step, input.Name)).Select(input => input.Default) ?? []];
        return own.OfType<TemplateToken>().Concat(step.Inner.SelectMany(OfStep));
    }

    private static bool IsGiven(StepUse step, string input) =>
        step.Step.Inputs is MappingToken given && given.Entries.Any(entry => string.Equals(entry.Key.ToString(), input, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Expressions(TemplateToken token) => token switch
    {
        ExpressionToken expression => [expression.Expression],
        SequenceToken list => list.Items.SelectMany(Expressions),
        MappingToken mapping => mapping.Entries.SelectMany(entry => Expressions(entry.Key).Concat(Expressions(entry.Value))),
        _ => [],
    };

    private static IEnumerable<string> NamesIn(string expression) =>
        Reference().Matches(expression).Select(match => match.Groups["name"] is { Success: true } name ? name.Value : TokenName);

    [GeneratedRegex(
        """(?<![\w.-])(github\s*(\.\s*token\b|\[\s*'token'\s*\])|secrets\s*(\.\s*(?<name>[A-Za-z_][\w-]*)|\[\s*'(?<name>[^']+)'\s*\]))""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}
