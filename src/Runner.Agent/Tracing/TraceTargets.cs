using Runner.Agent.Configuration;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Protocol.Traces;

namespace Runner.Agent.Tracing;

/// <summary>Where the traces of jobs go: section <c>monitoring.tracing</c>. Its file is read when it is needed: it is mounted, and rotates.</summary>
internal sealed class TraceTargets(TracingOptions options)
{
    /// <summary>Nowhere.</summary>
    public static TraceTargets None { get; } = new(new TracingOptions());

    /// <summary>
    /// The collector that is told of a job, or <c>null</c>: none is. A file that cannot be read now gives no headers, and the collector says what it thinks of that.
    /// </summary>
    public TraceTarget? Of(JobId job) =>
        options.Address is { } address && TraceIds.Share(job) < options.Part ? new TraceTarget(address, options.ReadHeaders().Headers) : null;
}
