using System.Globalization;
using System.Net.Http.Headers;
using Runner.Protocol.Http;

namespace Runner.Protocol.Results;

/// <summary>Puts logs and summaries to signed addresses (<c>results-service.md</c> sections 3.1 and 3.2). No token is sent: the address is the permission.</summary>
/// <remarks>It retries nothing: after a lost answer only the writer, who has the whole log, can go on rightly.</remarks>
public sealed class BlobClient(HttpClient http, TimeProvider time)
{
    // What the address is called in errors: its path names the account, its query is the signature.
    private const string Route = "signed blob";

    private readonly ServiceTransport _transport = new(http, tokens: null, time);

    /// <summary>Puts a whole blob; one that exists is replaced, so the call can be repeated.</summary>
    /// <param name="blob">Where to.</param>
    /// <param name="contentType">Type of the text, or <c>null</c> for none.</param>
    /// <param name="content">Makes the body.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task PutAsync(SignedBlob blob, string? contentType, Func<HttpContent> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        await SendAsync(blob, string.Empty, () => Typed(content(), contentType), [("x-ms-blob-type", "BlockBlob")], cancellationToken);
    }

    /// <summary>Makes an empty append blob; one that exists is replaced, so the call can be repeated.</summary>
    public async Task CreateAppendBlobAsync(SignedBlob blob, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        await SendAsync(
            blob, string.Empty, () => Typed(new ByteArrayContent([]), "text/plain"), [("x-ms-blob-type", "AppendBlob")], cancellationToken);
    }

    /// <summary>Appends a block, where a position is given only to a blob that is exactly so long.</summary>
    /// <param name="blob">Where to.</param>
    /// <param name="position">Length of the blob before; <c>null</c> of a writer that adds to another's log and does not know it.</param>
    /// <param name="isLast">Whether to seal the blob after it.</param>
    /// <param name="content">Makes the body; Azure takes at most 4 MiB.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Where the storage says that the block now stands; <c>null</c> where it does not say.</returns>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.BlobChanged"/>: it has another length, or is sealed; <see cref="ProtocolErrorKind.BlobNotFound"/>.</exception>
    public async Task<long?> AppendAsync(
        SignedBlob blob, long? position, bool isLast, Func<HttpContent> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        var reply = await SendAsync(
            blob,
            isLast ? "&comp=appendblock&seal=true" : "&comp=appendblock",
            content,
            position is { } length
                ? [("x-ms-blob-sealed", isLast ? "True" : "False"), ("x-ms-blob-condition-appendpos", length.ToString(CultureInfo.InvariantCulture))]
                : [("x-ms-blob-sealed", isLast ? "True" : "False")],
            cancellationToken);
        return reply.Headers.TryGetValues("x-ms-blob-append-offset", out var values)
            && long.TryParse(values.FirstOrDefault(), CultureInfo.InvariantCulture, out var offset)
                ? offset
                : null;
    }

    private async Task<ServiceReply> SendAsync(
        SignedBlob blob,
        string query,
        Func<HttpContent> content,
        (string Name, string Value)[] azureHeaders,
        CancellationToken cancellationToken)
    {
        var call = new ServiceCall(HttpMethod.Put, Append(blob.Address, query), Route)
        {
            Content = content,
            Configure = request =>
            {
                foreach (var (name, value) in blob.IsAzure ? azureHeaders : [])
                {
                    request.Headers.TryAddWithoutValidation(name, value);
                }
            },
        };
        var reply = await _transport.SendAsync(call, cancellationToken);
        return reply.Status switch
        {
            >= 200 and < 300 => reply,
            404 => throw reply.Refusal(ProtocolErrorKind.BlobNotFound),
            409 or 412 => throw reply.Refusal(ProtocolErrorKind.BlobChanged),
            _ => throw ResultsClient.Failure(reply),
        };
    }

    // The address is signed as it is: it is only added to, never taken apart. Storage of another kind may come without a query.
    private static Uri Append(Uri address, string query) => query.Length == 0
        ? address
        : new Uri(address.AbsoluteUri + (address.Query.Length == 0 ? "?" + query[1..] : query));

    private static HttpContent Typed(HttpContent content, string? contentType)
    {
        content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);
        return content;
    }
}
