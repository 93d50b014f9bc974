using Runner.Services.Records;
using Runner.Services.Tests.Local;

namespace Runner.Services.Tests.S3;

public sealed class S3CacheRuleTests(S3Server s3) : CacheRules
{
    internal override Task<LocalServer> StartAsync(ServiceLimits? limits = null) => LocalServer.StartInBucketAsync(s3, limits);
}
