using Runner.Agent.Configuration;
using Runner.Backends;
using Runner.Jobs.Errors;

namespace Runner.Agent.Pools;

/// <summary>For people: how a pool of the settings would launch a job. Pure.</summary>
public static class PoolPreview
{
    /// <summary>The launch, placed as that pool places a job which asks for labels.</summary>
    /// <param name="launch">The job, with the labels that it asks for.</param>
    /// <param name="options">The settings.</param>
    /// <param name="name">The pool.</param>
    /// <exception cref="OperatorException">The settings have no such pool.</exception>
    /// <exception cref="WorkflowException">The job asks for what the pool does not give.</exception>
    public static JobLaunch InPool(JobLaunch launch, AgentOptions options, string name)
    {
        ArgumentNullException.ThrowIfNull(launch);
        ArgumentNullException.ThrowIfNull(options);
        var names = options.Pools.Select(pool => pool.Name).ToList();
        var written = options.Pools.FirstOrDefault(pool => pool.Name == name)
            ?? throw new OperatorException($"--pool: there is no pool '{name}' in the settings{NearestName.Hint(name, names)}");
        using var pool = new RunnerPool(written, "preview", PoolRules.PlatformNames(options));
        return launch with { Pool = pool.Name, Labels = pool.LabelsOf(launch.Labels), Platform = pool.Platform, Most = pool.Most };
    }
}
