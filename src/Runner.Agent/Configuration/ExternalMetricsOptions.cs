using System.ComponentModel.DataAnnotations;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>monitoring.externalMetrics</c>: the cluster's external metrics, served by the agents to its HorizontalPodAutoscalers.</summary>
public sealed record ExternalMetricsOptions
{
    /// <summary>Whether they are served. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>Port, which the API server alone can talk to. Default 6443.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 6443;

    /// <summary>PEM file of the serving certificate, read again once a minute. Required where they are served.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of its key. Required where they are served.</summary>
    public string? KeyFile { get; set; }

    /// <summary>What is wrong, each with the setting's path.</summary>
    internal IEnumerable<(string Path, string Problem)> Validate(AgentOptions options)
    {
        if (Port is < 1 or > 65535)
        {
            yield return ("monitoring.externalMetrics.port", $"is {Port}, expected 1 to 65535");
        }

        if (!Enabled)
        {
            yield break;
        }

        if (options.BackendInUse != BackendKind.Kubernetes)
        {
            yield return ("monitoring.externalMetrics.enabled", "is of clusters, and this backend has none; leave it out");
        }

        if (options.Monitoring.Enabled && Port == options.Monitoring.MetricsPort)
        {
            yield return ("monitoring.externalMetrics.port", $"is {Port}, which is monitoring.metricsPort too");
        }

        foreach (var (name, file) in new[] { ("certificateFile", CertificateFile), ("keyFile", KeyFile) })
        {
            if (file is null || !File.Exists(file))
            {
                yield return ($"monitoring.externalMetrics.{name}", file is null ? "is missing" : $"there is no file '{file}'");
            }
        }
    }
}
