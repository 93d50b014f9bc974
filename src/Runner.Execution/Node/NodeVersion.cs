using Runner.Jobs.Messages;

namespace Runner.Execution.Node;

/// <summary>Which Node.js runs an action (<c>worker-semantics.md</c> section 10.1). Pure.</summary>
/// <param name="Major">20 or 24.</param>
/// <param name="Warning">What the log has to say about it, or <c>null</c>.</param>
internal sealed record NodeVersion(int Major, string? Warning = null)
{
    /// <summary>The variable that asks for Node.js 20 where GitHub has made 24 the default.</summary>
    public const string AllowOld = "ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION";
    private const string Force = "FORCE_JAVASCRIPT_ACTIONS_TO_NODE24";
    private const string Require24 = "actions.runner.requirenode24";
    private const string Default24 = "actions.runner.usenode24bydefault";

    /// <summary>Whether it is 20 only because <see cref="AllowOld"/> says so. Default false.</summary>
    public bool IsOldAskedFor { get; init; }

    /// <summary>Decides.</summary>
    /// <param name="using"><c>runs.using</c> of the action: <c>node12</c> to <c>node24</c>.</param>
    /// <param name="job">Its variables are GitHub's switches.</param>
    /// <param name="workflow">Variables of the workflow; what they say counts before <paramref name="machine"/>.</param>
    /// <param name="machine">Variables of the runner itself.</param>
    /// <param name="architecture"><c>runner.arch</c>.</param>
    public static NodeVersion Of(
        string @using, JobMessage job, IReadOnlyDictionary<string, string> workflow, IReadOnlyDictionary<string, string> machine, string architecture)
    {
        if (@using == "node24")
        {
            return architecture == "ARM" ? new NodeVersion(20) : new NodeVersion(24);
        }

        // node12 and node16 have been gone for long: GitHub runs them as node20.
        if (job.IsFeatureOn(Require24))
        {
            return new NodeVersion(24);
        }

        var standard = job.IsFeatureOn(Default24) ? 24 : 20;
        if (SaysBoth(workflow) || SaysBoth(machine))
        {
            return new NodeVersion(standard, $"Both {Force} and {AllowOld} are set to true in the same place: node{standard} is used, as without them");
        }

        return standard == 24
            ? IsTrue(AllowOld, workflow, machine) ? new NodeVersion(20) { IsOldAskedFor = true } : new NodeVersion(24)
            : new NodeVersion(IsTrue(Force, workflow, machine) ? 24 : 20);
    }

    private static bool SaysBoth(IReadOnlyDictionary<string, string> place) => IsTrue(Force, place) && IsTrue(AllowOld, place);

    private static bool IsTrue(string name, params ReadOnlySpan<IReadOnlyDictionary<string, string>> places)
    {
        foreach (var place in places)
        {
            if (place.TryGetValue(name, out var text))
            {
                return bool.TryParse(text, out var value) && value;
            }
        }

        return false;
    }
}
