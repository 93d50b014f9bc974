using Runner.Jobs.Containers;
using Runner.Jobs.Launch;

namespace Runner.Kubernetes.Naming;

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

    /// <summary>
    /// What the set-up container leaves for the worker: in a folder of its own, since that of a memory volume lets nobody remove another user's
    /// files (mode 1777), and the worker's user need not be that of the set-up container.
    /// </summary>
    public const string PayloadFolder = Payload + "/job";

    public const string PayloadFile = PayloadFolder + "/" + PayloadKey;

    /// <summary>Where the whole runner image is seen, if it is.</summary>
    public const string RunnerImage = Runner + "/image";

    /// <summary>Where that has <see cref="Externals"/>.</summary>
    public const string ImageExternals = RunnerImage + "/externals";

    public const string Workspace = VolumeMapping.Workspace;
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
