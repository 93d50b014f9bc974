using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Amazon.S3.Model;
using Runner.Jobs.Errors;

namespace Runner.Services.S3;

/// <summary>A bucket, below a prefix. What it refuses and what does not reach it is an <see cref="InfrastructureException"/>.</summary>
internal sealed class S3Bucket : IDisposable
{
    private const int BufferBytes = 1 << 17;
    private const int DeletesAtOnce = 16;

    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(30); // for all but the bytes of blobs
    private static readonly TimeSpan TransferTime = TimeSpan.FromHours(6);

    private readonly AmazonS3Client _client;
    private readonly S3Options _options;

    /// <summary>Makes a client; nothing is called yet.</summary>
    /// <exception cref="OperatorException">There is no region.</exception>
    public S3Bucket(S3Options options)
    {
        _options = options;
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.UsesPathStyle ?? options.Endpoint is not null,
            BufferSize = BufferBytes,
            Timeout = TransferTime,
            ConnectTimeout = CallTime,

            // Checksums behind the body are newer than many servers; TLS and the signature cover what goes over the network.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else if (options.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        try
        {
            _client = new AmazonS3Client(config);
        }
        catch (AmazonClientException error)
        {
            throw new OperatorException($"the region of {options.Name} is not known: expected --s3-region or AWS_REGION, or an address by --s3-endpoint", error);
        }
    }

    /// <summary>The bucket, for whoever reads a message.</summary>
    public string Name => _options.Name;

    /// <summary>Whether a write is refused where its condition does not hold; known after <see cref="S3Check"/>.</summary>
    public bool KeepsConditions { get; set; } = true;

    /// <summary>Whether a removal is, too.</summary>
    public bool KeepsConditionsOfRemoval { get; set; }

    /// <summary>Sees that there are credentials, wherever the SDK looks for them.</summary>
    /// <exception cref="OperatorException">There are none.</exception>
    public async Task RequireCredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new DefaultAWSCredentialsIdentityResolver().ResolveIdentityAsync(_client.Config, cancellationToken);
        }
        catch (AmazonClientException error)
        {
            throw new OperatorException(
                $"there are no credentials for {Name}: expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role by web identity (AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE), the container or the machine",
                error);
        }
    }

    /// <summary>Reads a small object; <c>null</c>: there is none.</summary>
    public Task<(byte[] Body, string Tag)?> GetAsync(string key, CancellationToken cancellationToken) =>
        CallAsync<(byte[], string)?>("GetObject", key, CallTime, async token =>
        {
            try
            {
                using var answer = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _options.Bucket, Key = KeyOf(key) }, token);
                using var body = new MemoryStream();
                await answer.ResponseStream.CopyToAsync(body, token);
                return (body.ToArray(), answer.ETag);
            }
            catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket")
            {
                return null;
            }
        }, cancellationToken);

    /// <summary>Opens an object's bytes from a place on.</summary>
    public Task<Stream> OpenAsync(string key, long from, long length, CancellationToken cancellationToken) =>
        CallAsync("GetObject", key, TransferTime, async token =>
        {
            var request = new GetObjectRequest { BucketName = _options.Bucket, Key = KeyOf(key) };
            if (from > 0)
            {
                request.ByteRange = new ByteRange(from, from + length - 1);
            }

            return (await _client.GetObjectAsync(request, token)).ResponseStream;
        }, cancellationToken);

    /// <summary>Writes a small object where a condition holds, and gives its tag; <c>null</c>: it does not hold, nothing was written.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="tag">Tag that the object must have, or <c>null</c>: there must be none.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<string?> PutAsync(string key, byte[] body, string? tag, CancellationToken cancellationToken) =>
        CallAsync("PutObject", key, CallTime, async token =>
        {
            using var stream = new MemoryStream(body);
            var request = new PutObjectRequest { BucketName = _options.Bucket, Key = KeyOf(key), InputStream = stream, ContentType = "application/json", AutoCloseStream = false };
            if (KeepsConditions)
            {
                request.IfMatch = tag;
                request.IfNoneMatch = tag is null ? "*" : null;
            }

            try
            {
                return (await _client.PutObjectAsync(request, token)).ETag;
            }
            catch (AmazonS3Exception error) when (error.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict || (tag is not null && error.ErrorCode == "NoSuchKey"))
            {
                return null;
            }
        }, cancellationToken);

    /// <summary>Writes an object from a stream, which has that many bytes. It is there whole or not at all.</summary>
    public Task PutAsync(string key, Stream content, long length, CancellationToken cancellationToken) =>
        CallAsync("PutObject", key, TransferTime, async token =>
        {
            var request = new PutObjectRequest
            {
                BucketName = _options.Bucket,
                Key = KeyOf(key),
                InputStream = content,
                AutoCloseStream = false,
                DisablePayloadSigning = _options.Endpoint is not { Scheme: "http" }, // TLS does that
                Headers = { ContentLength = length },
            };
            return await _client.PutObjectAsync(request, token);
        }, cancellationToken);

    /// <summary>The objects whose keys begin so, in their order.</summary>
    public async Task<IReadOnlyList<S3Item>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var items = new List<S3Item>();
        await ListAsync(prefix, null, page => items.AddRange((page.S3Objects ?? []).Select(item => new S3Item(item.Key[KeyOf(prefix).Length..], item.ETag, item.Size ?? 0))), cancellationToken);
        return items;
    }

    /// <summary>The names, each with a slash at its end, that follow a prefix in the keys of objects.</summary>
    public async Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await ListAsync(prefix, "/", page => names.AddRange((page.CommonPrefixes ?? []).Select(name => name[KeyOf(prefix).Length..])), cancellationToken);
        return names;
    }

    /// <summary>Deletes objects; those that are not there do not matter.</summary>
    public Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        keys,
        new ParallelOptions { MaxDegreeOfParallelism = DeletesAtOnce, CancellationToken = cancellationToken }, // one by one: not every server takes many at once
        async (key, token) => await DeleteAsync(key, tag: null, token));

    /// <summary>Deletes an object if it has the tag, where the server looks at it; false: it has another one.</summary>
    public Task<bool> DeleteAsync(string key, string? tag, CancellationToken cancellationToken) =>
        CallAsync("DeleteObject", key, CallTime, async token =>
        {
            try
            {
                await _client.DeleteObjectAsync(
                    new DeleteObjectRequest { BucketName = _options.Bucket, Key = KeyOf(key), IfMatch = KeepsConditionsOfRemoval ? tag : null }, token);
                return true;
            }
            catch (AmazonS3Exception error) when (error.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict or HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket")
            {
                return false;
            }
        }, cancellationToken);

    /// <summary>Makes one object of several, in the bucket itself.</summary>
    public Task JoinAsync(IEnumerable<string> keys, string target, CancellationToken cancellationToken) =>
        CallAsync("UploadPartCopy", target, TransferTime, async token =>
        {
            await S3Join.RunAsync(_client, _options.Bucket, [.. keys.Select(KeyOf)], KeyOf(target), token);
            return true;
        }, cancellationToken);

    /// <summary>An address at which everybody may fetch an object for a time.</summary>
    public async Task<Uri> SignAsync(string key, TimeSpan lifetime, string contentType, string disposition)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = _options.Bucket,
            Key = KeyOf(key),
            Expires = (TimeProvider.System.GetUtcNow() + lifetime).UtcDateTime, // by the clock that the SDK dates signatures with
            Protocol = _options.Endpoint is { Scheme: "http" } ? Protocol.HTTP : Protocol.HTTPS,
            ResponseHeaderOverrides = { ContentType = contentType },
        };
        if (disposition.Length > 0)
        {
            request.ResponseHeaderOverrides.ContentDisposition = disposition;
        }

        return new Uri(await _client.GetPreSignedURLAsync(request));
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private string KeyOf(string key) => _options.Prefix + key;

    private async Task ListAsync(string prefix, string? delimiter, Action<ListObjectsV2Response> take, CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = KeyOf(prefix), Delimiter = delimiter };
        do
        {
            var page = await CallAsync("ListObjectsV2", prefix, CallTime, token => _client.ListObjectsV2Async(request, token), cancellationToken);
            take(page);
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    // The edge to the SDK: its own failures and those of the network become ours.
    private async Task<T> CallAsync<T>(string operation, string key, TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await call(both.Token);
        }
        catch (AmazonServiceException error)
        {
            throw new InfrastructureException($"{Name} answered {operation} of '{KeyOf(key)}' with {S3Errors.Of(error)}", error) { StatusCode = (int)error.StatusCode, Reason = error.ErrorCode };
        }
        catch (Exception error) when (error is AmazonClientException or HttpRequestException or IOException or WebException)
        {
            throw new InfrastructureException($"{Name} cannot be reached for {operation}: {Causes.Of(error)}", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InfrastructureException($"{Name} did not answer {operation} within {limit.TotalSeconds:F0} s", error);
        }
    }
}
