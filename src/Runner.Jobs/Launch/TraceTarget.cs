namespace Runner.Jobs.Launch;

/// <summary>A collector of traces (OTLP over HTTP) that is told of a job.</summary>
/// <param name="Endpoint">Its address without <c>/v1/traces</c>.</param>
/// <param name="Headers">Headers that it wants, such as a key; they are secret.</param>
public sealed record TraceTarget(Uri Endpoint, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The variable by which steps are told of the trace that they are part of (W3C Trace Context).</summary>
    public const string ParentVariable = "TRACEPARENT";

    /// <summary>The address only.</summary>
    public override string ToString() => Endpoint.AbsoluteUri;
}
