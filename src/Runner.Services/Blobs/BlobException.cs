namespace Runner.Services.Blobs;

/// <summary>A blob operation that Azure's rules refuse. <see cref="Exception.Message"/> is what the client is told.</summary>
public sealed class BlobException : Exception
{
    /// <summary>The <see cref="Code"/> of a write to what is complete.</summary>
    internal const string SealedCode = "BlobIsSealed";

    /// <summary>A refusal with Azure's status and error code (learn.microsoft.com, "Blob service error codes").</summary>
    public BlobException(int status, string code, string message)
        : base(message)
    {
        Status = status;
        Code = code;
    }

    /// <summary>HTTP status of the answer.</summary>
    public int Status { get; }

    /// <summary>Azure's error code, such as <c>BlobNotFound</c>.</summary>
    public string Code { get; }

    internal static BlobException NotFound(string name) => new(404, "BlobNotFound", $"The blob '{name}' does not exist.");

    internal static BlobException AlreadyExists(string name) => new(409, "BlobAlreadyExists", $"The blob '{name}' already exists.");

    internal static BlobException Sealed(string name) => new(409, SealedCode, $"The blob '{name}' is complete: it cannot be written any more.");

    // Not 507 or 503: clients would try the same bytes again.
    internal static BlobException OverBudget(string whose, long limit) =>
        new(413, "RequestBodyTooLarge", $"{char.ToUpperInvariant(whose[0])}{whose[1..]} take at most {limit} bytes, uploads that are not complete included.");

    internal static BlobException WrongType(string name) =>
        new(409, "InvalidBlobType", $"The blob '{name}' is not an append blob.");
}
