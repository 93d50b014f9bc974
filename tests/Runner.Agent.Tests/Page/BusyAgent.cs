using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Jobs.Outcomes;

namespace Runner.Agent.Tests.Page;

/// <summary>An agent on a busy day, as pictures show it.</summary>
internal static class BusyAgent
{
    private static int _number = 10;

    /// <summary>The moment that is shown.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 11, 29, 14, 30, 0, TimeSpan.Zero);

    /// <summary>What is shown.</summary>
    public static AgentView View { get; } = new()
    {
        Agent = new AgentFacts
        {
            Instance = "runner-7d9f4c-x2x9q",
            Version = "1.0.0",
            Backend = "kubernetes",
            GitHub = new Uri("https://github.com/acme"),
            Started = Now.AddHours(-26),
            Problems = ["pool arm64: takes no jobs, as none can be started: registry.example/ci/build:arm64: not found"],
            Limits = [new LimitView("core", 5000, 4312, Now.AddMinutes(23), ClosedUntil: null)],
        },
        Pools =
        [
            new PoolView
            {
                Name = "linux", Mode = PoolMode.ScaleSet, Labels = ["self-hosted", "linux", "x64"], MaxJobs = 20, Running = 9, Waiting = 3, Free = 2, HeldBack = 6, Reason = "quota",
                Why = "ResourceQuota 'ci' has room for 2 more (requests.cpu 44 of 48)", Queue = new QueueView(7, 18, 9, Now.AddSeconds(-2)),
            },
            new PoolView { Name = "gpu", Mode = PoolMode.ScaleSet, Labels = ["self-hosted", "gpu"], MaxJobs = 4, Running = 1, Free = 3, Queue = new QueueView(0, 1, 1, Now.AddSeconds(-11)) },
            new PoolView
            {
                Name = "arm64", Labels = ["self-hosted", "arm64"], MaxJobs = 8, HeldBack = 8, Reason = "failing", Why = "registry.example/ci/build:arm64: not found", IsStopped = true,
                Trouble = "takes no jobs, as none can be started: registry.example/ci/build:arm64: not found",
            },
        ],
        Jobs =
        [
            Job("build (ubuntu, 22)", "widgets", "CI", JobState.Running, 312, 4, 1, 9, 3),
            Job("integration / postgres 17", "widgets", "CI", JobState.Running, 268, 31, 1, 22, 4),
            Job("train", "models", "Nightly", JobState.Running, 4210, 2, 2, 95, 6, pool: "gpu"),
            Job("docs", "website", "Pages", JobState.Cancelling, 96, 3, 1, 4, 2),
            Job("e2e (chromium)", "widgets", "CI", JobState.Starting, 18, 5, 1, null, null),
            Job("e2e (firefox)", "widgets", "CI", JobState.Waiting, 41, 6, null, null, null) with { Why = "quota 'ci': requests.cpu has 4 left, and the job's pod asks for 8", Place = null },
        ],
        Recent =
        [
            Done("lint", "widgets", "CI", Conclusion.Succeeded, 64, 3, 5),
            Done("build (windows)", "widgets", "CI", Conclusion.Failed, 190, 8, 21) with { Reason = "out_of_memory", Message = "The job used more memory than it may (4Gi) and was killed" },
            Done("unit (node 24)", "website", "Pages", Conclusion.Succeeded, 143, 2, 6),
            Done("publish", "website", "Pages", Conclusion.Failed, 31, 2, 5) with { Reason = "none" },
            Done("nightly", "models", "Nightly", Conclusion.Canceled, 905, 12, 40) with { Reason = "canceled" },
        ],
        Failures =
        [
            new FailureView("none", 12, Id(24), "publish", LastMessage: null, Now.AddMinutes(-7)),
            new FailureView("out_of_memory", 2, Id(22), "build (windows)", "The job used more memory than it may (4Gi) and was killed", Now.AddMinutes(-4)),
            new FailureView("image_pull", 1, Id(40), "cross (arm64)", "An image of the job could not be pulled: registry.example/ci/build:arm64: not found", Now.AddMinutes(-19)),
        ],
    };

    /// <summary>The log of the first job.</summary>
    public static string Log { get; } = string.Join('\n', Lines());

    private static IEnumerable<string> Lines()
    {
        string[] texts =
        [
            "##[group]Run npm ci", "##[command]npm ci", "shell: /usr/bin/bash -e {0}", "##[endgroup]", "added 812 packages, and audited 813 packages in 6s", "##[group]Run npm test", "##[command]npm test",
            "env: CI=true NPM_TOKEN=***", "##[endgroup]", " ✓ src/cart.test.ts (14 tests) 96ms", " ✓ src/checkout.test.ts (31 tests) 212ms", "##[warning]src/price.ts is slow: 1.4 s for 3 tests",
            " ✗ src/tax.test.ts (9 tests, 1 failed) 88ms", "##[error]src/tax.test.ts:41 expected 19.00, got 19.01", " ✓ src/user.test.ts (22 tests) 140ms", "##[notice]coverage 91.4 %", string.Empty,
        ];
        return texts.Select((text, index) => $"{Now.AddSeconds(-30 + index):yyyy-MM-dd'T'HH:mm:ss}.1234567Z {text}");
    }

    private static string Id(int number) => $"{number:x2}f3a1c0-2222-4333-8444-5555555555{number:x2}";

    private static JobView Job(
        string name, string repository, string workflow, JobState state, int age, int queued, int? created, int? started, int? scheduled, string pool = "linux")
    {
        var number = _number++;
        var seen = Now.AddSeconds(-age);
        return new JobView
        {
            Id = Id(number),
            Name = name,
            Repository = $"acme/{repository}",
            Workflow = workflow,
            Ref = "main",
            Actor = "octocat",
            Event = "push",
            RunNumber = $"{1800 + number}",
            RunUrl = new Uri($"https://github.com/acme/{repository}/actions/runs/19{number}"),
            JobUrl = new Uri($"https://github.com/acme/{repository}/actions/runs/19{number}/job/77{number}"),
            Pool = pool,
            Runner = $"{pool}-runner-{number}",
            Labels = ["linux", "x64"],
            Place = $"act-job-{number:x2}f3a1c0-{repository}",
            State = state,
            Times = new JobMoments
            {
                Queued = seen.AddSeconds(-queued), Seen = seen, Taken = seen.AddSeconds(0.4), Created = created is null ? null : seen.AddSeconds(created.Value),
                Scheduled = scheduled is null ? null : seen.AddSeconds(scheduled.Value), Started = started is null ? null : seen.AddSeconds(started.Value),
            },
        };
    }

    private static JobView Done(string name, string repository, string workflow, Conclusion conclusion, int age, int queued, int started)
    {
        var number = ++_number + 3;
        var job = Job(name, repository, workflow, JobState.Ended, age + 200, queued, 1, started, 2);
        return job with
        {
            Id = Id(number),
            Conclusion = conclusion,
            Reason = "none",
            Times = job.Times with { FirstStep = job.Times.Started?.AddSeconds(2), LastStep = Now.AddSeconds(-203), Ended = Now.AddSeconds(-200) },
        };
    }
}
