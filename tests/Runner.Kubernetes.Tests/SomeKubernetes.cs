using Runner.Backends;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;
using Runner.Kubernetes.Options;
using Runner.Testing;

namespace Runner.Kubernetes.Tests;

/// <summary>Valid settings and launches, in which a test names only what matters to it.</summary>
internal static class SomeKubernetes
{
    public static readonly DateTimeOffset Seen = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);

    public static KubernetesOptions Options() => new()
    {
        Namespace = "ci",
        RunnerImage = "registry.example/runner:1",
        DefaultImage = "registry.example/ubuntu:{version}",
    };

    public static JobLaunch Launch(JobMessage? job = null, string[]? labels = null, int attempt = 0) => new()
    {
        Job = job ?? Job(),
        Runner = Some.Runner(),
        Labels = [.. labels ?? []],
        MessageSeen = Seen,
        Attempt = attempt,
    };

    public static JobMessage Job(string name = "build (18, ubuntu-latest)") => Some.Job(Guid.Parse("6b0c1f1e-7d57-4b3c-9a57-111111111111"), name) with
    {
        ContextData = new Dictionary<string, ContextData>
        {
            ["github"] = DictionaryData.FromStrings(new Dictionary<string, string>
            {
                ["workflow"] = "CI / nightly",
                ["job"] = "build",
                ["run_id"] = "4711",
                ["run_attempt"] = "2",
                ["repository"] = "octo-org/hello-world",
                ["actor"] = "octocat",
                ["event_name"] = "push",
                ["ref"] = "refs/heads/feature/a+b",
            }),
        },
    };
}
