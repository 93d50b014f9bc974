using Runner.Services.Records;
using Runner.Services.Tests.Local;

namespace Runner.Services.Tests.S3;

public sealed class S3ArtifactRuleTests(S3Server s3) : ArtifactRules
{
    internal override Task<LocalServer> StartAsync(ServiceLimits? limits = null) => LocalServer.StartInBucketAsync(s3, limits);
}
