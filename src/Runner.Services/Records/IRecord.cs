namespace Runner.Services.Records;

/// <summary>What is known of an artifact or a cache.</summary>
internal interface IRecord
{
    /// <summary>Its number; a later one has a higher number.</summary>
    long Id { get; }

    /// <summary>Job that made it, or <c>null</c>: nobody knows.</summary>
    string? Job { get; }

    /// <summary>Where it stands among the others (<see cref="RecordPlace"/>); one stands at a place at a time.</summary>
    string Place { get; }

    /// <summary>Name of the blob that holds it.</summary>
    string Blob { get; }

    /// <summary>Media type of the blob, or <c>null</c>.</summary>
    string? MimeType { get; }

    /// <summary>Size in bytes; 0 before it is complete.</summary>
    long Size { get; }

    /// <summary>Whether its upload is complete.</summary>
    bool IsFinal { get; }
}
