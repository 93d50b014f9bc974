using Runner.Kubernetes.Client;

namespace Runner.Agent.Checks;

/// <summary>What was found in the cluster, as checks. Pure.</summary>
internal static class ClusterRules
{
    /// <summary>The check of a finding.</summary>
    /// <param name="finding">What was found.</param>
    /// <param name="space">The namespace that was looked at.</param>
    public static CheckResult Judge(ClusterFinding finding, string space)
    {
        var text = finding.Detail is { Length: > 0 } detail ? $"{finding.What}: {detail}" : finding.What;
        return finding.Kind switch
        {
            ClusterFindingKind.There => CheckResult.Ok("cluster needs", text),
            ClusterFindingKind.Missing => CheckResult.Failed(
                "cluster needs", $"there is no {finding.What} (namespace {space}), so pods that need it do not start", $"make it, or change {finding.Setting}"),
            ClusterFindingKind.Full => CheckResult.Warning(
                "cluster needs", $"{text}: nothing is left just now, and jobs wait", "raise the quota, or lower maxJobs of the pools so that what cannot run stays at GitHub"),
            ClusterFindingKind.Unknown => CheckResult.Skipped("cluster needs", text),
            _ => throw new ArgumentOutOfRangeException(nameof(finding), finding.Kind, "no such kind"),
        };
    }
}
