using Runner.Execution.Processes;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Processes;

public sealed class MemoryKillsTests : IDisposable
{
    private readonly TempFolder _root = new();

    public static TheoryData<string, string, string, string, long?> Groups => new()
    {
        // /proc/self/cgroup                     file with the count                       file with the limit                                 limit's text            limit
        { "0::/",                                "memory.events",                          "memory.max",                                       "268435456\n",          268435456 },
        { "0::/kubepods/pod1/abc",               "kubepods/pod1/abc/memory.events",        "kubepods/pod1/memory.max",                         "1048576\n",            1048576 },
        { "0::/user.slice",                      "user.slice/memory.events",               "user.slice/memory.max",                            "max\n",                null },
        { "0::/docker/of-the-machine",           "memory.events",                          "memory.max",                                       "4096\n",               4096 },
        { "3:cpu:/x\n9:hugetlb,memory:/docker/a", "memory/docker/a/memory.oom_control",     "memory/docker/a/memory.limit_in_bytes",            "9223372036854771712\n", null },
        { "9:memory:/docker/a\n0::/",            "memory/memory.oom_control",              "memory/memory.limit_in_bytes",                     "536870912\n",          536870912 },
    };

    public void Dispose() => _root.Dispose();

    [Theory, MemberData(nameof(Groups))]
    public void Count_and_limit_are_those_of_the_workers_group(string groups, string events, string limitFile, string limitText, long? limit)
    {
        Write("proc/self/cgroup", groups + "\n");
        Write("sys/fs/cgroup/" + events, "oom 9\noom_kill 2\noom_kill_disable 0\n");
        Write("sys/fs/cgroup/" + limitFile, limitText);
        using var kills = MemoryKills.Find(_root.FullPath);

        var before = kills.Count;
        Write("sys/fs/cgroup/" + events, "oom 9\noom_kill 3\noom_kill_disable 0\n");

        Assert.Equal((2, 3, limit), (before, kills.Count, kills.Limit));
    }

    [Fact]
    public void Machine_that_does_not_say_counts_nothing()
    {
        using var kills = MemoryKills.Find(_root.FullPath);

        Assert.Equal((0, null), (kills.Count, kills.Limit));
    }

    [Fact]
    public void This_machine_is_read_without_an_error()
    {
        using var kills = MemoryKills.Find("/");

        Assert.InRange(kills.Count, 0, long.MaxValue);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("oom_kill 7", "exit 137", "##[error]The step ran out of memory: the kernel killed 2 processes while it ran, the job's memory limit is 256 MiB.")]
    [InlineData("oom_kill 6", "exit 2", "##[error]The step ran out of memory: the kernel killed 1 process while it ran, the job's memory limit is 256 MiB.")]
    [InlineData("oom_kill 5", "exit 137", null)]
    [InlineData("oom_kill 7", "exit 0", null)]
    public async Task Step_that_the_kernel_killed_for_want_of_memory_says_so(string after, string end, string? line)
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("sys/fs/cgroup/memory.events", "oom_kill 5\n");
        Write("sys/fs/cgroup/memory.max", "268435456\n");
        using var job = new TestJob { SystemRoot = _root.FullPath };

        await job.RunAsync(Some.Script($"echo {after} > {_root["sys/fs/cgroup/memory.events"]}; {end}"));

        var code = end["exit ".Length..];
        string?[] expected = [line, code == "0" ? null : $"##[error]Process completed with exit code {code}."];
        Assert.Equal(expected.OfType<string>(), job.Output(0));
        Assert.Equal(code == "0" ? Conclusion.Succeeded : Conclusion.Failed, job.Result?.Conclusion);
    }

    private void Write(string path, string text)
    {
        var file = _root[path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // not null: below the root
        File.WriteAllText(file, text);
    }
}
