using System.Text;
using Runner.Jobs.Errors;
using Runner.Services.Blobs;

namespace Runner.Services.S3;

/// <summary>Looks at the start whether a bucket is there, lets us do what we do, and what it keeps to.</summary>
internal static class S3Check
{
    /// <summary>What is listed to see whether the bucket answers: nothing is below it for long.</summary>
    public const string Folder = "check/";

    /// <summary>Lists, writes, reads and deletes a small object, and tells the bucket which conditions it keeps.</summary>
    /// <exception cref="OperatorException">It cannot be used; the message says why.</exception>
    public static async Task RunAsync(S3Bucket bucket, CancellationToken cancellationToken)
    {
        await bucket.RequireCredentialsAsync(cancellationToken);
        try
        {
            await TryAsync(bucket, cancellationToken);
        }
        catch (InfrastructureException error)
        {
            throw new OperatorException(error.Message, error);
        }
    }

    private static async Task TryAsync(S3Bucket bucket, CancellationToken cancellationToken)
    {
        var key = $"{Folder}{BlobStore.NewNonce()}.json";
        var (first, second) = (Encoding.UTF8.GetBytes("1"), Encoding.UTF8.GetBytes("2"));
        await bucket.ListAsync(Folder, cancellationToken);
        var tag = await bucket.PutAsync(key, first, tag: null, cancellationToken);
        bucket.KeepsConditions = await bucket.PutAsync(key, second, tag: null, cancellationToken) is null // there is one
            && await bucket.PutAsync(key, second, tag, cancellationToken) is not null // it is the one
            && await bucket.PutAsync(key, first, tag, cancellationToken) is null; // it is no more
        await bucket.GetAsync(key, cancellationToken);
        bucket.KeepsConditionsOfRemoval = bucket.KeepsConditions && await RefusesRemovalAsync(bucket, key, cancellationToken);
        await bucket.DeleteAsync(key, tag: null, cancellationToken);
    }

    private static async Task<bool> RefusesRemovalAsync(S3Bucket bucket, string key, CancellationToken cancellationToken)
    {
        bucket.KeepsConditionsOfRemoval = true;
        try
        {
            return !await bucket.DeleteAsync(key, "\"none\"", cancellationToken);
        }
        catch (InfrastructureException)
        {
            return false; // it takes no such call
        }
    }
}
