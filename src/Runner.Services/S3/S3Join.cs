using Amazon.S3;
using Amazon.S3.Model;

namespace Runner.Services.S3;

/// <summary>Makes one object of several inside a bucket (docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html).</summary>
internal static class S3Join
{
    private const long SmallestPart = 5 << 20; // but for the last one
    private const long LargestPart = 5L << 30;
    private const int MostParts = 10_000;
    private const int CopiesAtOnce = 8;

    /// <summary>Whether S3 joins these. Pure.</summary>
    public static bool Takes(IReadOnlyList<BlobPart> parts) =>
        parts.Count is > 1 and <= MostParts && parts.SkipLast(1).All(part => part.Length >= SmallestPart) && parts.All(part => part.Length is > 0 and <= LargestPart);

    /// <summary>Does it; a new object that was not completed goes again.</summary>
    public static async Task RunAsync(IAmazonS3 client, string bucket, IReadOnlyList<string> sources, string target, CancellationToken cancellationToken)
    {
        var upload = (await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = target }, cancellationToken)).UploadId;
        try
        {
            var tags = new PartETag[sources.Count];
            await Parallel.ForEachAsync(
                sources.Index(),
                new ParallelOptions { MaxDegreeOfParallelism = CopiesAtOnce, CancellationToken = cancellationToken },
                async (source, token) =>
                {
                    var (i, key) = source;
                    var copy = await client.CopyPartAsync(
                        new CopyPartRequest { SourceBucket = bucket, SourceKey = key, DestinationBucket = bucket, DestinationKey = target, UploadId = upload, PartNumber = i + 1 }, token);
                    tags[i] = new PartETag(i + 1, copy.ETag);
                });
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = target, UploadId = upload, PartETags = [.. tags] }, cancellationToken);
        }
        catch
        {
            await AbortAsync(client, new AbortMultipartUploadRequest { BucketName = bucket, Key = target, UploadId = upload });
            throw;
        }
    }

    private static async Task AbortAsync(IAmazonS3 client, AbortMultipartUploadRequest request)
    {
        try
        {
            await client.AbortMultipartUploadAsync(request, CancellationToken.None);
        }
        catch (AmazonS3Exception)
        {
            // A rule of the bucket's life cycle throws it away; why the parts could not be joined is the news.
        }
    }
}
