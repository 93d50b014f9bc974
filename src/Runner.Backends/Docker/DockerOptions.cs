using System.Collections.Immutable;
using Runner.Jobs.Containers;

namespace Runner.Backends.Docker;

/// <summary>Settings of the Docker backend, section <c>docker</c>.</summary>
public sealed record DockerOptions
{
    /// <summary>Name of the section.</summary>
    public const string SectionName = "docker";

    /// <summary>Address of the engine (<c>unix:///…</c>, <c>tcp://…</c>); <c>null</c>: <c>unix:///var/run/docker.sock</c>.</summary>
    public string? Host { get; set; }

    /// <summary>The static worker that is copied into each job's container. Required, absolute.</summary>
    public string WorkerPath { get; set; } = string.Empty;

    /// <summary>
    /// Folder that holds <c>node24/bin/node</c>, as <c>scripts/externals.sh</c> makes it for images of any kind; <c>null</c>: the folder
    /// <c>externals</c> beside the worker, if it is there.
    /// </summary>
    public string? Externals { get; set; }

    /// <summary>Images by label, for jobs without a <c>container</c>. Labels are found in any case.</summary>
    public IReadOnlyDictionary<string, string> Platforms { get; set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Image of jobs without a <c>container</c> none of whose labels is a platform, or <c>null</c>: such jobs are refused.</summary>
    public string? DefaultImage { get; set; }

    /// <summary>Volume that all jobs of the engine have as their tool cache. Default <c>runner-tool-cache</c>.</summary>
    public string ToolCacheVolume { get; set; } = "runner-tool-cache";

    /// <summary>Whether an image is pulled although the engine has it. Default false.</summary>
    public bool AlwaysPull { get; set; }

    /// <summary>
    /// Socket of the engine's machine that jobs and container actions see as <c>/var/run/docker.sock</c>, or <c>null</c>: they see none, as
    /// who has it is root on that machine.
    /// </summary>
    public string? JobSocket { get; set; }

    /// <summary>Options of <c>docker create</c> for every job's container, before those of the workflow; <c>null</c>: none.</summary>
    public ContainerOptions? JobContainerOptions { get; set; }

    /// <summary>Network of the engine that jobs join if they have no services, or <c>null</c>: its default one.</summary>
    public string? Network { get; set; }

    /// <summary>
    /// Whose containers these are: those of launchers with the same name are taken for leftovers once their launcher is gone.
    /// Default: the machine's name.
    /// </summary>
    public string Instance { get; set; } = Environment.MachineName;

    /// <summary>
    /// File with a secret that all launchers of one installation have and no job can read, or <c>null</c>. By it the successor of one that
    /// ended can answer what the jobs ask for; without, their container actions fail from then on.
    /// </summary>
    public string? SharedSecretFile { get; set; }

    /// <summary>The folder of <see cref="Externals"/> or its default; <c>null</c>: there is none, and the images must have Node.js.</summary>
    internal string? ExternalsFolder => Externals ?? WorkerNeighbour.Find(WorkerPath, "externals");

    /// <summary>Every mistake in the settings, each naming its setting; empty where there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (!Path.IsPathFullyQualified(WorkerPath) || !File.Exists(WorkerPath))
        {
            errors.Add($"{SectionName}.worker is '{WorkerPath}', where no file is; build it with scripts/build.sh");
        }

        if (Externals is not null && !(Path.IsPathFullyQualified(Externals) && Directory.Exists(Externals)))
        {
            errors.Add($"{SectionName}.externals is '{Externals}', which is no absolute path of a folder; scripts/externals.sh makes it");
        }

        if (Host is not null && EngineAddress.WhyNot(Host) is { } wrong)
        {
            errors.Add($"{SectionName}.host: {wrong}");
        }

        errors.AddRange(Platforms.Select(platform => ($"platforms.{platform.Key}", platform.Value)).Append(("defaultImage", DefaultImage ?? "none"))
            .Where(image => image.Item2.Length == 0 || image.Item2.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
            .Select(image => $"{SectionName}.{image.Item1} is '{image.Item2}', which is no image"));

        return errors;
    }
}
