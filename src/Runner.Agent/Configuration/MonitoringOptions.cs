using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>monitoring</c>.</summary>
public sealed record MonitoringOptions
{
    /// <summary>Whether metrics and health are served at all. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether metrics are served. Default true.</summary>
    public bool PrometheusMetrics { get; set; } = true;

    /// <summary>Port of metrics and health; 0: any free one. Default 8080.</summary>
    [Range(0, 65535)]
    public int MetricsPort { get; set; } = 8080;

    /// <summary>Path of the metrics. Default <c>/metrics</c>.</summary>
    [RegularExpression("^/.*$")]
    public string MetricsPath { get; set; } = "/metrics";

    /// <summary>Least level that is logged. Default <c>information</c>; <c>info</c> and <c>warn</c> are short for it and for <c>warning</c>.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>How is logged.</summary>
    public LoggingOptions Logging { get; set; } = new();

    /// <summary>How the jobs that wait at GitHub are counted.</summary>
    public QueueOptions Queue { get; set; } = new();

    /// <summary>The cluster's external metrics, for its HorizontalPodAutoscalers.</summary>
    public ExternalMetricsOptions ExternalMetrics { get; set; } = new();

    /// <summary>Traces of jobs.</summary>
    public TracingOptions Tracing { get; set; } = new();

    /// <summary>What jobs use of processors and memory.</summary>
    public UsageOptions Usage { get; set; } = new();
}

/// <summary>Section <c>monitoring.logging</c>.</summary>
public sealed record LoggingOptions
{
    /// <summary>Least level that is logged; wins over <see cref="MonitoringOptions.LogLevel"/>.</summary>
    public LogLevel? Level { get; set; }

    /// <summary><c>json</c> (one object a line) or <c>text</c>. Default <c>text</c>.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}

/// <summary>Forms of log lines.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For collectors.</summary>
    Json,
}
