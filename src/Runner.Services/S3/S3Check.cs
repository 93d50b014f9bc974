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
        await bucket.ListAsync(Folder, cancellationToken);
        await RequireAbsenceAsync(bucket, key, cancellationToken);
        bucket.KeepsConditions = await RefusesWritesAsync(bucket, key, cancellationToken);
        if (!bucket.KeepsConditions)
        {
            await bucket.PutAsync(key, [], tag: null, cancellationToken); // without any: what fails now is no matter of conditions
        }

        await bucket.GetAsync(key, cancellationToken);
        bucket.KeepsConditionsOfRemoval = bucket.KeepsConditions && await RefusesRemovalAsync(bucket, key, cancellationToken);
        await bucket.DeleteAsync(key, tag: null, cancellationToken);
    }

    // Who may not list a bucket is told that he may not read what is not there (docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html), and so much of what we ask for is not.
    private static async Task RequireAbsenceAsync(S3Bucket bucket, string key, CancellationToken cancellationToken)
    {
        try
        {
            await bucket.GetAsync(key, cancellationToken);
        }
        catch (InfrastructureException error) when (error.StatusCode == 403)
        {
            throw new OperatorException(
                $"{bucket.Name} does not tell which objects are not there: the credentials lack s3:ListBucket for all keys below the prefix, or s3:GetObject ({error.Message})", error);
        }
    }

    private static async Task<bool> RefusesWritesAsync(S3Bucket bucket, string key, CancellationToken cancellationToken)
    {
        var (first, second) = (Encoding.UTF8.GetBytes("1"), Encoding.UTF8.GetBytes("2"));
        try
        {
            return await bucket.PutAsync(key, first, tag: null, cancellationToken) is { } tag
                && await bucket.PutAsync(key, second, tag: null, cancellationToken) is null // there is one
                && await bucket.PutAsync(key, second, tag, cancellationToken) is not null // it is the one
                && await bucket.PutAsync(key, first, tag, cancellationToken) is null; // it is no more
        }
        catch (InfrastructureException error) when (error.StatusCode is 400 or 501)
        {
            return false; // it takes no such call
        }
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
