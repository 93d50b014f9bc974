using System.Buffers;
using System.Globalization;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>monitoring.tracing</c>: a trace of each job, from its queue to its last step.</summary>
public sealed record TracingOptions
{
    private const int OtlpPort = 4318;
    private const string Section = "monitoring.tracing";

    // Of a header's name (RFC 9110, section 5.6.2).
    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>
    /// Address of an OpenTelemetry collector that takes OTLP over HTTP, without <c>/v1/traces</c>, such as <c>http://otel-collector.monitoring:4318</c>. Agents
    /// and the workers in pods must reach it. Default: no traces.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>Whether traces are written, where an endpoint is named. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Which jobs are traced: <c>always</c> all, <c>never</c> none, <c>probabilistic</c> the part that <see cref="SamplingRate"/> says. Default probabilistic.</summary>
    public TraceSampler Sampler { get; set; } = TraceSampler.Probabilistic;

    /// <summary>Part of the jobs that is traced, from 0 to 1: a job's id decides. Default 1.</summary>
    public double SamplingRate { get; set; } = 1;

    /// <summary>Address of an older Jaeger collector. Traces are sent to port 4318 of the same host, where Jaeger takes OTLP.</summary>
    [OlderSetting("is taken for the same host's OTLP at port 4318, as Jaeger takes no traces in its own form any more; say monitoring.tracing.endpoint")]
    public string? JaegerEndpoint { get; set; }

    /// <summary>File with headers that the collector wants, each as <c>name: value</c> on a line of its own. Read anew for every job. Default: none.</summary>
    public string? HeadersFile { get; set; }

    /// <summary>The settings by name, with what is wrong with each.</summary>
    public IEnumerable<(string Path, string Problem)> Validate()
    {
        foreach (var (name, value) in new[] { ("endpoint", Endpoint), ("jaegerEndpoint", JaegerEndpoint) })
        {
            if (value is not null && AddressOf(value) is null)
            {
                var shown = value.AsSpan().ContainsAny("@?#") ? "no address alone (it is not shown, as it may hold a key: put that into headersFile)" : $"'{value}'";
                yield return ($"{Section}.{name}", $"is {shown}, expected one such as http://otel-collector.monitoring:4318");
            }
        }

        if (SamplingRate is not (>= 0 and <= 1))
        {
            yield return ($"{Section}.samplingRate", string.Create(CultureInfo.InvariantCulture, $"is {SamplingRate}, expected a part of the jobs, from 0 to 1"));
        }

        if (HeadersFile is not null && Endpoint is null && JaegerEndpoint is null)
        {
            yield return ($"{Section}.headersFile", $"is for a collector, and {Section}.endpoint names none");
        }
        else if (HeadersFile is not null && ReadHeaders().Problem is { } problem)
        {
            yield return ($"{Section}.headersFile", problem);
        }
    }

    /// <summary>The collector's address, or <c>null</c>: there is none, or it is none.</summary>
    internal Uri? Address => AddressOf(Endpoint)
        ?? (AddressOf(JaegerEndpoint) is { } jaeger ? new UriBuilder(jaeger.Scheme, jaeger.Host, OtlpPort).Uri : null);

    /// <summary>Part of the jobs that is traced.</summary>
    internal double Part => !Enabled ? 0 : Sampler switch { TraceSampler.Always => 1, TraceSampler.Never => 0, _ => SamplingRate };

    /// <summary>The headers; or what is wrong with their file.</summary>
    internal (IReadOnlyDictionary<string, string> Headers, string? Problem) ReadHeaders()
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (HeadersFile is null)
        {
            return (headers, null);
        }

        try
        {
            foreach (var line in File.ReadLines(HeadersFile).Select(line => line.Trim()).Where(line => line.Length > 0))
            {
                if (line.Split(':', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, { Length: > 0 } value]
                    || name.AsSpan().ContainsAnyExcept(NameLetters) || value.Any(letter => letter is < ' ' or > '~'))
                {
                    return (headers, $"'{HeadersFile}' holds a line that is no header as 'name: value' (it is not shown, as it may be secret)");
                }

                headers[name] = value;
            }

            return (headers, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (headers, $"'{HeadersFile}' cannot be read: {error.Message}");
        }
    }

    private static Uri? AddressOf(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" } ? address : null;
}

/// <summary>Ways to choose the jobs that are traced.</summary>
public enum TraceSampler
{
    /// <summary>A part of them.</summary>
    Probabilistic,

    /// <summary>All.</summary>
    Always,

    /// <summary>None.</summary>
    Never,
}
