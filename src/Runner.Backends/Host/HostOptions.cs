using System.Collections.Immutable;

namespace Runner.Backends.Host;

/// <summary>Settings of the host backend, section <c>host</c>.</summary>
public sealed record HostOptions
{
    /// <summary>Name of the section.</summary>
    public const string SectionName = "host";

    /// <summary>
    /// Folder under which each job gets a private one. Required, absolute; made with mode 700 where it is missing. One that belongs to somebody
    /// else, or that others may write to, is refused.
    /// </summary>
    public string Root { get; set; } = string.Empty;

    /// <summary>
    /// Whose jobs these are. Agents of one instance adopt each other's jobs; those of another one may share <see cref="Root"/> with them and leave
    /// each other's alone. Default: <c>default</c>.
    /// </summary>
    public string Instance { get; set; } = "default";

    /// <summary>The worker's executable. Required, absolute.</summary>
    public string WorkerPath { get; set; } = string.Empty;

    /// <summary>Tool cache that the jobs of this machine share. Default: <c>tool-cache</c> under <see cref="Root"/>.</summary>
    public string? ToolCache { get; set; }

    /// <summary>
    /// Folder that holds <c>node24/bin/node</c> and its like, for this machine; <c>null</c>: the folder <c>host-externals</c> beside the worker,
    /// if it is there.
    /// </summary>
    public string? Externals { get; set; }

    /// <summary>
    /// Names of further environment variables that workers, and so steps, inherit. The others do not pass, but for those of
    /// <see cref="HostEnvironment"/>.
    /// </summary>
    public IList<string> PassEnvironment { get; set; } = [];

    /// <summary>Address of a Docker engine of this machine for container actions; <c>null</c>: <c>unix:///var/run/docker.sock</c>.</summary>
    public string? DockerHost { get; set; }

    /// <summary>
    /// Whether this process becomes the parent of what loses its own, and ends such processes with the jobs that left them. Only for a program
    /// that starts nothing but workers in sessions of their own. Default false.
    /// </summary>
    public bool AdoptsOrphans { get; set; }

    /// <summary>
    /// The environment of the process that launches jobs, given by the composition root, which alone may read it. What of it reaches a
    /// worker, <see cref="HostEnvironment"/> says.
    /// </summary>
    public IReadOnlyDictionary<string, string> LauncherEnvironment { get; set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Folder of the tool cache.</summary>
    internal string ToolCacheFolder => ToolCache ?? Path.Combine(Root, "tool-cache");

    /// <summary>The folder of <see cref="Externals"/> or its default; <c>null</c>: there is none, and the machine must have Node.js.</summary>
    internal string? ExternalsFolder => Externals ?? WorkerNeighbour.Find(WorkerPath, "host-externals");

    /// <summary>Every mistake in the settings, each naming its setting; empty where there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        RequireFolder(errors, "root", Root, isRequired: true);
        RequireAbsolute(errors, "worker", WorkerPath, isRequired: true);
        RequireFolder(errors, "toolCache", ToolCache, isRequired: false);
        RequireAbsolute(errors, "externals", Externals, isRequired: false);
        if (Path.IsPathFullyQualified(Root) && !File.Exists(Root) && PrivateFolder.FindProblem(Root) is { } problem)
        {
            errors.Add($"{SectionName}.root is '{Root}', which cannot be trusted with jobs: {problem}");
        }

        if (Path.IsPathFullyQualified(WorkerPath) && !File.Exists(WorkerPath))
        {
            errors.Add($"{SectionName}.worker is '{WorkerPath}', where no file is; build it with scripts/build.sh");
        }

        if (Externals is not null && Path.IsPathFullyQualified(Externals) && !Directory.Exists(Externals))
        {
            errors.Add($"{SectionName}.externals is '{Externals}', where no folder is; scripts/externals.sh --host makes it");
        }

        errors.AddRange(PassEnvironment
            .Where(name => name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
            .Select(name => $"{SectionName}.passEnvironment has '{name}', which is no name of an environment variable"));

        return errors;
    }

    private static void RequireAbsolute(List<string> errors, string name, string? value, bool isRequired)
    {
        if (string.IsNullOrEmpty(value))
        {
            if (isRequired)
            {
                errors.Add($"{SectionName}.{name} is not set");
            }
        }
        else if (!Path.IsPathFullyQualified(value))
        {
            errors.Add($"{SectionName}.{name} is '{value}', which is not an absolute path");
        }
    }

    private static void RequireFolder(List<string> errors, string name, string? value, bool isRequired)
    {
        RequireAbsolute(errors, name, value, isRequired);
        if (File.Exists(value))
        {
            errors.Add($"{SectionName}.{name} is '{value}', which is a file, expected a folder");
        }
    }
}
