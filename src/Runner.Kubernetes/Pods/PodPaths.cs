using Runner.Jobs.Launch;

namespace Runner.Kubernetes.Pods;

/// <summary>Folders and files in the containers of a job pod.</summary>
internal static class PodPaths
{
    public const string Runner = "/runner";
    public const string Bin = Runner + "/bin";
    public const string Externals = Runner + "/externals";

    /// <summary>Where the tool cache keeps copies of <see cref="Externals"/>, one for each version. Jobs see it read-only.</summary>
    public const string KeptExternals = ToolCache + "/" + KeptExternalsFolder;

    /// <summary>Its name. Not the <c>.externals</c> of before, which jobs could write to.</summary>
    public const string KeptExternalsFolder = ".runner-externals";

    /// <summary>Where the operator's job hooks are.</summary>
    public const string Hooks = Runner + "/hooks";

    public const string Temp = Runner + "/temp";
    public const string Payload = Runner + "/payload";
    public const string PayloadFile = Payload + "/" + PayloadKey;
    public const string Workspace = "/github/workspace";
    public const string ToolCache = "/opt/hostedtoolcache";
    public const string Home = "/home/runner";
    public const string TerminationLog = "/dev/termination-log";
    public const string Worker = Bin + "/runner-worker";

    /// <summary>Where the set-up container sees the payload's Secret. No other container does.</summary>
    public const string Secret = "/var/run/runner-payload";

    /// <summary>The worker in the runner image.</summary>
    public const string ImageWorker = "/runner-worker";

    /// <summary>Key of the payload in its Secret, and its file name.</summary>
    public const string PayloadKey = "payload.json";

    /// <summary>The folders as the worker is told them.</summary>
    public static WorkPaths Work { get; } = new()
    {
        Workspace = Workspace,
        Temp = Temp,
        ToolCache = ToolCache,
        Actions = Runner + "/actions",
        Externals = Externals,
        Home = Home,
        Spool = Runner + "/spool",
        Outcome = TerminationLog,
    };
}
