using System.Buffers;
using System.Globalization;
using System.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Runner.Services.Blobs;

/// <summary>Reads blob requests, calls the store and writes Azure's answers (learn.microsoft.com, "Blob service REST API").</summary>
internal sealed class BlobRequests(IBlobs blobs, BlobUrlSigner signer)
{
    /// <summary>Put Blob, Append Block (<c>comp=appendblock</c>, with GitHub's <c>seal=true</c>) or Seal (<c>comp=seal</c>).</summary>
    public Task PutAsync(HttpContext http, string name) => AnswerAsync(http, name, BlobAccess.Write, async () =>
    {
        var operation = http.Request.Query["comp"].ToString();
        if (operation == "block")
        {
            LiftBodyLimit(http);
            await blobs.StageBlockAsync(
                name, http.Request.Query["blockid"].ToString(), http.Request.Body, http.Request.ContentLength, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        var info = operation switch
        {
            "" => await PutBlobAsync(http, name),
            "appendblock" when blobs.Appends is { } appends => await AppendAsync(http, name, appends),
            "blocklist" => await blobs.CommitBlocksAsync(
                name, await BlockList.ReadAsync(http.Request.Body, http.RequestAborted), ContentType(http), http.RequestAborted),
            "seal" when blobs.Appends is { } appends => await appends.SealAsync(name, http.RequestAborted),
            _ => throw new BlobException(400, "UnsupportedQueryParameter", $"comp={operation} is not supported here."),
        };
        WriteProperties(http.Response, info);
        http.Response.StatusCode = operation == "seal" ? StatusCodes.Status200OK : StatusCodes.Status201Created;
    });

    /// <summary>Get Blob, or Get Blob Properties for <c>HEAD</c>.</summary>
    public Task GetAsync(HttpContext http, string name) => AnswerAsync(http, name, BlobAccess.Read, async () =>
    {
        var disposition = http.Request.Query[BlobUrlSigner.Disposition].ToString();
        var found = await blobs.OpenAsync(name, disposition, http.RequestAborted) ?? throw BlobException.NotFound(name);
        await using var content = found.Content;
        WriteProperties(http.Response, found.Info);

        // Azure's clients put the range into a header of their own, which a bucket does not know.
        var range = http.Request.Headers["x-ms-range"].ToString();
        if (found.Elsewhere is { } address && HttpMethods.IsGet(http.Request.Method) && range.Length == 0)
        {
            http.Response.Redirect(address.AbsoluteUri);
            return;
        }

        if (disposition.Length > 0)
        {
            http.Response.Headers.ContentDisposition = disposition;
        }

        if (range.Length > 0)
        {
            http.Request.Headers.Range = range;
        }

        var answer = TypedResults.Stream(content, found.Info.ContentType, enableRangeProcessing: !HttpMethods.IsHead(http.Request.Method));
        await answer.ExecuteAsync(http);
    });

    private async Task AnswerAsync(HttpContext http, string name, BlobAccess access, Func<Task> operation)
    {
        http.Response.Headers["x-ms-version"] = "2021-12-02";
        http.Response.Headers["x-ms-request-id"] = http.TraceIdentifier;
        try
        {
            if (!signer.Allows(name, http.Request.Query, access))
            {
                throw new BlobException(
                    403, "AuthenticationFailed", "The signature of the address is wrong, has expired or does not allow this operation.");
            }

            await operation();
        }
        catch (BlobException refusal)
        {
            http.Response.StatusCode = refusal.Status;
            http.Response.Headers["x-ms-error-code"] = refusal.Code;
            http.Response.ContentType = "application/xml";
            await http.Response.WriteAsync(
                $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{refusal.Code}</Code>" +
                $"<Message>{SecurityElement.Escape(refusal.Message)}</Message></Error>",
                http.RequestAborted);
        }
    }

    private async Task<BlobInfo> PutBlobAsync(HttpContext http, string name)
    {
        var onlyIfNew = http.Request.Headers.IfNoneMatch == "*";
        var contentType = ContentType(http) ?? http.Request.ContentType;
        switch (http.Request.Headers["x-ms-blob-type"].ToString())
        {
            case "BlockBlob":
                LiftBodyLimit(http);
                return await blobs.PutAsync(name, http.Request.Body, http.Request.ContentLength, contentType, onlyIfNew, http.RequestAborted);
            case "AppendBlob" when http.Request.ContentLength is > 0:
                throw new BlobException(400, "InvalidHeaderValue", "An append blob is created empty: Content-Length must be 0.");
            case "AppendBlob" when blobs.Appends is { } appends:
                return await appends.CreateAppendAsync(name, contentType, onlyIfNew, http.RequestAborted);
            case "":
                throw new BlobException(400, "MissingRequiredHeader", "The header x-ms-blob-type is missing.");
            case var other:
                throw new BlobException(400, "InvalidHeaderValue", $"x-ms-blob-type must be BlockBlob{(blobs.Appends is null ? string.Empty : " or AppendBlob")}, not '{other}'.");
        }
    }

    private static string? ContentType(HttpContext http) => http.Request.Headers["x-ms-blob-content-type"].FirstOrDefault();

    private static async Task<BlobInfo> AppendAsync(HttpContext http, string name, BlobStore appends)
    {
        if (http.Request.ContentLength is not { } length)
        {
            throw new BlobException(411, "MissingContentLengthHeader", "The header Content-Length is missing.");
        }

        if (length > BlobStore.MaxBlockBytes)
        {
            throw new BlobException(
                413, "RequestBodyTooLarge", $"A block has at most {BlobStore.MaxBlockBytes} bytes, this one has {length}.");
        }

        // The whole block first: one that breaks off must leave nothing behind.
        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var block = buffer.AsMemory(0, (int)length);
            await http.Request.Body.ReadExactlyAsync(block, http.RequestAborted);
            var seal = http.Request.Query["seal"] == "true";
            var before = Position(http);
            var info = await appends.AppendAsync(name, block, before, seal, http.RequestAborted);
            http.Response.Headers["x-ms-blob-append-offset"] = (info.Length - length).ToString(CultureInfo.InvariantCulture);
            return info;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static long? Position(HttpContext http)
    {
        var text = http.Request.Headers["x-ms-blob-condition-appendpos"].ToString();
        return text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
            : throw new BlobException(400, "InvalidHeaderValue", $"x-ms-blob-condition-appendpos must be a number, not '{text}'.");
    }

    private static void LiftBodyLimit(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null; // goes to disk as it comes
        }
    }

    private static void WriteProperties(HttpResponse response, BlobInfo info)
    {
        response.Headers.ETag = info.ETag;
        response.Headers.LastModified = info.LastModified.ToString("R", CultureInfo.InvariantCulture);
        response.Headers["x-ms-blob-type"] = info.Type.ToString();
        if (info.Type == BlobType.AppendBlob)
        {
            response.Headers["x-ms-blob-committed-block-count"] = info.BlockCount.ToString(CultureInfo.InvariantCulture);
            response.Headers["x-ms-blob-sealed"] = info.IsSealed ? "true" : "false";
        }
    }
}
