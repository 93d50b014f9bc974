namespace Runner.Services.S3;

/// <summary>Where artifacts and caches are kept in a bucket. Credentials are found as the SDK finds them: environment, web identity, container, instance.</summary>
public sealed record S3Options
{
    /// <summary>Name of the bucket, which must be there. Required.</summary>
    public required string Bucket { get; init; }

    /// <summary>Address of a server that speaks S3. Default <c>null</c>: AWS.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Region. Default <c>null</c>: as the environment says (<c>AWS_REGION</c>); <c>us-east-1</c> where <see cref="Endpoint"/> is set.</summary>
    public string? Region { get; init; }

    /// <summary>Whether the bucket's name is in the path of addresses and not in their host. Default: where <see cref="Endpoint"/> is set.</summary>
    public bool? UsesPathStyle { get; init; }

    /// <summary>What the keys of all objects begin with, ending in a slash; empty: nothing. Default empty.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Whether downloads of what is one object are sent on to the bucket, by addresses that are valid for some minutes. Default false: jobs need not reach it.</summary>
    public bool SendsDownloadsOn { get; init; }

    /// <summary>The bucket, for whoever reads a message.</summary>
    public string Name => Endpoint is null ? $"the bucket '{Bucket}'" : $"the bucket '{Bucket}' at {Endpoint.GetLeftPart(UriPartial.Authority)}";
}
