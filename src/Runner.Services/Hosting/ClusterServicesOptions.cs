using Runner.Services.Records;
using Runner.Services.S3;

namespace Runner.Services.Hosting;

/// <summary>Settings of <see cref="ClusterServices"/>.</summary>
public sealed record ClusterServicesOptions
{
    /// <summary>
    /// Folder of artifacts and caches, which one process uses at a time; what an earlier one left there is found again. Required unless there is a <see cref="Bucket"/>. Default empty.
    /// </summary>
    public string Folder { get; init; } = string.Empty;

    /// <summary>Bucket of artifacts and caches, which several processes may use at a time. Default <c>null</c>: they are in <see cref="Folder"/>.</summary>
    public S3Options? Bucket { get; init; }

    /// <summary>File of the key that the agents have too. Required.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Address under which jobs reach the server. Required. A port of 0 stands for the port in use.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Address to listen on. Default 127.0.0.1.</summary>
    public string ListenAddress { get; init; } = "127.0.0.1";

    /// <summary>Port for jobs; 0 takes any free one. Default 0.</summary>
    public int Port { get; init; }

    /// <summary>Port for metrics and health, which jobs need not reach; 0 takes any free one. Default 0.</summary>
    public int MetricsPort { get; init; }

    /// <summary>Whether there are artifacts. Default true.</summary>
    public bool ServesArtifacts { get; init; } = true;

    /// <summary>Version that the metrics tell. Default empty.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>How much may be kept, and for how long.</summary>
    public ServiceLimits Limits { get; init; } = new();

    /// <summary>The clock. Default the machine's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
