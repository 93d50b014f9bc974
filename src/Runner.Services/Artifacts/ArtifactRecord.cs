using Runner.Services.Records;

namespace Runner.Services.Artifacts;

/// <summary>An artifact, uploaded or being uploaded.</summary>
public sealed record ArtifactRecord : IRecord
{
    /// <summary>Its number; a later artifact has a higher one.</summary>
    public required long Id { get; init; }

    /// <summary>Run that it belongs to.</summary>
    public required string Run { get; init; }

    /// <summary>Job that made it.</summary>
    public required string Job { get; init; }

    /// <summary><c>owner/repo</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Unique in the run.</summary>
    public required string Name { get; init; }

    /// <summary>Media type; <c>application/zip</c> for all but single files.</summary>
    public required string MimeType { get; init; }

    /// <summary>Size in bytes; 0 before it is finalized.</summary>
    public long Size { get; init; }

    /// <summary><c>sha256:…</c>, or <c>null</c> where the client gave none.</summary>
    public string? Digest { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is dropped.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether its upload is complete: only then it is seen.</summary>
    public bool IsFinal { get; init; }

    /// <summary>What a file of it is called: a single file keeps its name.</summary>
    internal string FileName => MimeType == "application/zip" ? Name + ".zip" : Name;

    /// <summary>As of a cache.</summary>
    public string? Nonce { get; init; }

    /// <summary>Name of the blob that holds it.</summary>
    internal string Blob => Nonce is null ? $"artifacts/{Id}" : $"artifacts/{Id}-{Nonce}";

    string IRecord.Blob => Blob;

    string IRecord.Place => PlaceOf(Run, Name);

    /// <summary>Where the artifacts of a run stand.</summary>
    internal static string PlaceOf(string run) => RecordPlace.Of(run) + "/";

    /// <summary>Where an artifact stands.</summary>
    internal static string PlaceOf(string run, string name) => PlaceOf(run) + RecordPlace.Of(name);
}
