using Runner.Kubernetes.Client;

namespace Runner.Kubernetes.Tests.Client;

public sealed class QuotaRefusalTests
{
    public static TheoryData<string, bool> Refusals => new()
    {
        // message                                                                                                                        passes
        { "create pod a: pods \"a\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10 (HTTP 403)",           true },
        { "pods \"a\" is forbidden: exceeded quota: q, requested: limits.cpu=2,limits.memory=4Gi, used: limits.cpu=3,limits.memory=1Gi, limited: limits.cpu=4,limits.memory=8Gi", true },
        { "pods \"a\" is forbidden: exceeded quota: q, requested: limits.cpu=8, used: limits.cpu=0, limited: limits.cpu=4 (HTTP 403)",         false }, // never fits
        { "pods \"a\" is forbidden: exceeded quota: q, requested: memory=9Gi, used: memory=0, limited: memory=8Gi",                            false },
        { "pods \"a\" is forbidden: exceeded quota: q",                                                                                        true },
        { "pods is forbidden: User \"x\" cannot create resource \"pods\"",                                                                   false },
        { "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true",                                       false },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void Room_that_may_come_back_is_told_from_what_never_fits(string message, bool passes) => Assert.Equal(passes, QuotaRefusal.MayPass(message));
}
