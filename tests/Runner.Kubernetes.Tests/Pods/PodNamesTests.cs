using System.Text.RegularExpressions;
using Runner.Kubernetes.Naming;
using Runner.Testing;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class PodNamesTests
{
    [Theory]
    [InlineData("build")]
    [InlineData("build (18, ubuntu-latest)")]
    [InlineData("")]
    [InlineData("日本語")]
    [InlineData("A job with a name that is much longer than what fits into the name of a pod, all told")]
    public void Any_job_has_a_DNS_label_for_a_name(string jobName)
    {
        var launch = SomeKubernetes.Launch(Some.Job(name: jobName), attempt: 12);

        var name = PodNames.For(launch);

        Assert.InRange(name.Length, 1, 63);
        Assert.Matches(new Regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"), name);
        Assert.DoesNotContain("--", name, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_is_the_same_for_the_same_attempt_of_a_job_only()
    {
        var first = Guid.NewGuid();

        var names = new[]
        {
            PodNames.For(SomeKubernetes.Launch(Some.Job(first))),
            PodNames.For(SomeKubernetes.Launch(Some.Job(first), attempt: 1)),
            PodNames.For(SomeKubernetes.Launch(Some.Job(Guid.NewGuid()))),
        };

        Assert.Equal(names[0], PodNames.For(SomeKubernetes.Launch(Some.Job(first))));
        Assert.Distinct(names);
    }

    [Fact]
    public void Matrix_values_can_be_read_in_the_name()
    {
        var name = PodNames.For(SomeKubernetes.Launch());

        Assert.StartsWith("act-job-build-18-ubuntu-latest-", name, StringComparison.Ordinal);
    }
}
