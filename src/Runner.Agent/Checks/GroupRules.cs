using Runner.Agent.Configuration;
using Runner.GitHub.Inspection;
using Runner.Jobs.Errors;

namespace Runner.Agent.Checks;

/// <summary>Whether the runner groups of the pools are there, and whose jobs they let in. Pure.</summary>
internal static class GroupRules
{
    private const string Name = "groups";
    private const string Danger = "whoever opens a pull request there may run code on these runners";

    /// <summary>Judges the groups of the pools.</summary>
    /// <param name="pools">The pools.</param>
    /// <param name="groups">The groups that there are; <c>null</c>: the address has none.</param>
    /// <param name="isPublic">Whether runners are registered at a public repository; <c>null</c>: not at a repository.</param>
    public static IEnumerable<CheckResult> Judge(IEnumerable<PoolOptions> pools, IReadOnlyList<RunnerGroupView>? groups, bool? isPublic)
    {
        if (isPublic is true)
        {
            yield return CheckResult.Warning(
                Name,
                $"the repository is public: {Danger}",
                "use a private repository, or have workflows of forks approved by hand (Settings, Actions, General) and jobs run in pods of the restricted standard");
            yield break;
        }

        if (groups is null)
        {
            yield return CheckResult.Ok(Name, "none at this address");
            yield break;
        }

        foreach (var pool in pools)
        {
            yield return Judge(pool, groups);
        }
    }

    private static CheckResult Judge(PoolOptions pool, IReadOnlyList<RunnerGroupView> groups)
    {
        var isDefault = pool.RunnerGroup is null || pool.RunnerGroup.Equals("default", StringComparison.OrdinalIgnoreCase);
        var group = groups.FirstOrDefault(item => item.Name.Equals(pool.RunnerGroup, StringComparison.OrdinalIgnoreCase))
            ?? (isDefault ? groups.FirstOrDefault(item => item.IsDefault) : null);
        var names = groups.Select(item => item.Name).ToList();
        return group switch
        {
            null when isDefault => CheckResult.Ok(Name, $"pool {pool.Name}: GitHub's default group"),
            null => CheckResult.Failed(
                Name,
                $"pool {pool.Name}: there is no runner group '{pool.RunnerGroup}'",
                $"make it, or name one of {string.Join(", ", names)} in runnerGroup{NearestName.Hint(pool.RunnerGroup ?? string.Empty, names)}"),
            { AllowsPublicRepositories: true } => CheckResult.Warning(
                Name,
                $"pool {pool.Name}: the group '{group.Name}' lets in jobs of public repositories, and {Danger}",
                "turn off 'Allow public repositories' of the group, or give public repositories a pool and a group of their own"),
            _ => CheckResult.Ok(Name, $"pool {pool.Name}: '{group.Name}', for {Whom(group)}"),
        };
    }

    private static string Whom(RunnerGroupView group) => group.Visibility switch
    {
        "selected" => "selected repositories",
        "private" => "private repositories",
        _ => "all repositories but public ones",
    };
}
