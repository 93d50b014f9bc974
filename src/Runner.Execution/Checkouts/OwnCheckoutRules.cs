using Runner.Expressions.Values;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

namespace Runner.Execution.Checkouts;

/// <summary>Tells which steps check out what a local run has put into the workspace already. Pure.</summary>
internal static class OwnCheckoutRules
{
    private const string Action = "actions/checkout";

    /// <summary>Whether a step may be one of them: its inputs say so when it starts, and not before.</summary>
    public static bool MayBe(OwnCheckout own, JobStep step) =>
        own != OwnCheckout.Runs
        && step.Reference is { Type: ReferenceType.Repository, Name: { } name, Path: null or "" }
        && string.Equals(name, Action, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is one, by its inputs: no other <c>repository</c> than the run's, and no other <c>ref</c>. It is act's rule.</summary>
    public static bool Is(IReadOnlyDictionary<string, string> inputs, ObjectValue github)
    {
        var head = Find(Find(Find(github, "event"), "pull_request"), "head");
        string[] refs =
        [
            string.Empty, Text(github, "ref"), Text(github, "ref_name"), Text(github, "sha"), Text(github, "head_ref"), Text(head, "sha"), Text(head, "ref"),
        ];
        return IsOneOf(inputs, "repository", string.Empty, Text(github, "repository")) && IsOneOf(inputs, "ref", refs);
    }

    /// <summary>A member of a context as a text; empty where there is none.</summary>
    public static string Text(Value? context, string name) => Find(context, name)?.ToText() ?? string.Empty;

    private static Value? Find(Value? context, string name) => context is ObjectValue members && members.TryGet(name, out var value) ? value : null;

    private static bool IsOneOf(IReadOnlyDictionary<string, string> inputs, string name, params ReadOnlySpan<string> values)
    {
        foreach (var value in values)
        {
            if (string.Equals(inputs.GetValueOrDefault(name) ?? string.Empty, value, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
