using k8s.Models;
using Runner.Kubernetes.Status;

namespace Runner.Kubernetes.Tests.Pods;

public sealed class WatchedPodsTests
{
    [Fact]
    public void Two_pods_share_the_texts_that_they_have_alike_and_keep_what_is_read_of_them()
    {
        var (one, other) = (WatchedPods.Trim(Seen("one")), WatchedPods.Trim(Seen("other")));

        Assert.Equal(("one", "other"), (one.Metadata.Labels["job"], other.Metadata.Labels["job"]));
        Assert.Same(one.Metadata.Labels["pool"], other.Metadata.Labels["pool"]);
        Assert.Same(one.Spec.Containers[0].Image, other.Spec.Containers[0].Image);
        Assert.Same(one.Status.Conditions[0].Type, other.Status.Conditions[0].Type);
        Assert.Equal(("job", "registry.example/job:1"), (one.Spec.Containers[0].Name, one.Spec.Containers[0].Image));
        Assert.Equal(("job", "Scheduled"), (one.Status.ContainerStatuses[0].Name, one.Status.Conditions[0].Type));
        Assert.False(string.IsNullOrEmpty(one.Status.ContainerStatuses[0].ContainerID)); // whether it ran is read by that
        Assert.Null(one.Spec.Containers[0].Env);
    }

    [Fact]
    public void Texts_that_are_known_stay_few_and_are_shared_again_after_thousands_of_others()
    {
        var texts = new SharedTexts();
        var before = texts.Of(Fresh("linux"));
        Assert.Same(before, texts.Of(Fresh("linux")));

        foreach (var number in Enumerable.Range(0, 2 * SharedTexts.Most))
        {
            texts.Of(Fresh($"job-{number}"));
        }

        Assert.InRange(texts.Count, 1, SharedTexts.Most);
        var after = texts.Of(Fresh("linux"));
        Assert.NotSame(before, after);
        Assert.Same(after, texts.Of(Fresh("linux")));
    }

    private static V1Pod Seen(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { [Fresh("job")] = name, [Fresh("pool")] = Fresh("linux") } },
        Spec = new V1PodSpec
        {
            Containers = [new V1Container { Name = Fresh("job"), Image = Fresh("registry.example/job:1"), Env = [new V1EnvVar { Name = "A", Value = "b" }] }],
        },
        Status = new V1PodStatus
        {
            Conditions = [new V1PodCondition { Type = Fresh("Scheduled"), Status = Fresh("True") }],
            ContainerStatuses = [new V1ContainerStatus { Name = Fresh("job"), Image = Fresh("registry.example/job:1"), ContainerID = "containerd://1" }],
        },
    };

    // A copy of its own, as each answer of the API server has.
    private static string Fresh(string text) => new(text.AsSpan());
}
