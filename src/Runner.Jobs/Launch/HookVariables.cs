namespace Runner.Jobs.Launch;

/// <summary>The variables by which the operator names job hooks (<c>worker-semantics.md</c> section 9). A workflow cannot set them.</summary>
public static class HookVariables
{
    /// <summary>Names the script before the first step.</summary>
    public const string Started = Prefix + "STARTED";

    /// <summary>Names the script after the last step.</summary>
    public const string Completed = Prefix + "COMPLETED";

    private const string Prefix = "ACTIONS_RUNNER_HOOK_JOB_";

    /// <summary>Whether a variable is one of them.</summary>
    public static bool Contains(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);
}
