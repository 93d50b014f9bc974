using Runner.Services.Tests.Local;

namespace Runner.Services.Tests.S3;

public sealed class S3SealedTests(S3Server s3) : SealedRules
{
    internal override Task<LocalServer> StartAsync() => LocalServer.StartInBucketAsync(s3);
}
