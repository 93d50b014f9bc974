using Runner.Jobs.Containers;
using Runner.Jobs.Launch;

namespace Runner.Backends.Docker;

/// <summary>Folders and files in a job's container.</summary>
internal static class DockerPaths
{
    public const string Worker = "/runner/bin/runner-worker";
    public const string Outcome = "/runner/spool/outcome.json";
    public const string Externals = "/runner/externals";
    public const string Workspace = VolumeMapping.Workspace;

    /// <summary>Where the engine's own socket is seen, if at all.</summary>
    public const string Socket = "/var/run/docker.sock";

    /// <summary>The folders as the worker is told them.</summary>
    public static WorkPaths Work(bool hasExternals) => new()
    {
        Workspace = Workspace,
        Temp = "/runner/temp",
        ToolCache = "/opt/hostedtoolcache",
        Actions = "/runner/actions",
        Externals = hasExternals ? Externals : null,
        Home = "/home/runner",
        Spool = "/runner/spool",
        Outcome = Outcome,
    };

    /// <summary>Folders that are volumes of the job, so that container actions can share them.</summary>
    public static string[] Volumes { get; } = [Workspace, "/runner/temp", "/home/runner"];
}
