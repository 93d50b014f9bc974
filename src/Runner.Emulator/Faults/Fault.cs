namespace Runner.Emulator.Faults;

/// <summary>A failure to inject into requests, for tests. It ends after a number of requests or a time, whichever is first.</summary>
public sealed record Fault
{
    /// <summary>Requests whose path starts so are hit, such as <c>/twirp/</c> (results service) or <c>/blobs/</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>Further, requests are hit only if their path ends so, such as <c>/acquirejob</c>; <c>null</c>: whatever it ends with.</summary>
    public string? Suffix { get; init; }

    /// <summary>HTTP status to answer with; 0 closes the connection without an answer.</summary>
    public int Status { get; init; }

    /// <summary><c>Retry-After</c> of the answer, in seconds; <c>null</c>: none.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Body of the answer, JSON, or a page where it begins with <c>&lt;</c>; <c>null</c>: none.</summary>
    public string? Body { get; init; }

    /// <summary>Whether the request is carried out first and only its answer is lost.</summary>
    public bool AfterHandling { get; init; }

    /// <summary>How long a request waits before anything happens to it, in milliseconds. Default 0.</summary>
    public double DelayMilliseconds { get; init; }

    /// <summary>Whether the request is answered as always, so that the delay is all: a slow network.</summary>
    public bool Passes { get; init; }

    /// <summary>The real answer stops after so many bytes of its body and says no more until the client goes; <c>null</c>: it does not.</summary>
    public int? StallsAfter { get; init; }

    /// <summary>How many requests are hit; <c>null</c>: as many as come.</summary>
    public int? Requests { get; init; }

    /// <summary>How long the fault lasts, in seconds; <c>null</c>: without end.</summary>
    public double? Seconds { get; init; }
}
