using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Backends.Docker;
using Runner.Backends.Host;
using Runner.Jobs.Errors;

namespace Runner.Agent.Hosting;

/// <summary>From the sections of the settings to backends, for agents and local runs alike. What differs between them they set by <c>with</c>.</summary>
public static class BackendComposition
{
    /// <summary>Settings of the backend for processes.</summary>
    /// <param name="section">The section <c>host</c>.</param>
    /// <param name="defaultRoot">Where jobs get their folders if the section does not say it.</param>
    /// <param name="defaultWorker">The worker's executable, likewise.</param>
    public static HostOptions OptionsOf(HostSectionOptions section, string defaultRoot, string defaultWorker)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new HostOptions
        {
            Root = Path.GetFullPath(section.Root ?? defaultRoot),
            WorkerPath = Path.GetFullPath(section.Worker ?? defaultWorker),
            ToolCache = section.ToolCache,
            Externals = section.Externals,
            PassEnvironment = section.PassEnvironment,
        };
    }

    /// <summary>Settings of the backend for containers.</summary>
    /// <param name="section">The section <c>docker</c>.</param>
    /// <param name="defaultWorker">The worker's executable if the section does not say it.</param>
    public static DockerOptions OptionsOf(DockerSectionOptions section, string defaultWorker)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new DockerOptions
        {
            Host = section.Host,
            WorkerPath = Path.GetFullPath(section.Worker ?? defaultWorker),
            Externals = section.Externals is { } externals ? Path.GetFullPath(externals) : null,
            Platforms = new Dictionary<string, string>(section.Platforms, StringComparer.OrdinalIgnoreCase),
            DefaultImage = section.DefaultImage,
            ToolCacheVolume = section.ToolCacheVolume,
            AlwaysPull = section.AlwaysPull,
        };
    }

    /// <summary>The backend for processes.</summary>
    /// <exception cref="OperatorException">Its settings are wrong: all problems at once.</exception>
    public static HostBackend Open(HostOptions options, TimeProvider time, ILogger<HostBackend> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        Refuse(options.Validate());
        return new HostBackend(options, time, logger);
    }

    /// <summary>The backend for containers.</summary>
    /// <exception cref="OperatorException">Its settings are wrong: all problems at once.</exception>
    public static DockerBackend Open(DockerOptions options, TimeProvider time, ILogger<DockerBackend> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        Refuse(options.Validate());
        return new DockerBackend(options, time, logger);
    }

    /// <exception cref="OperatorException">There are any.</exception>
    internal static void Refuse(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new OperatorException(problems);
        }
    }
}
