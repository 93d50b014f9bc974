using Runner.Testing;

namespace Runner.Execution.Tests.Usage;

/// <summary>A machine's files of control groups, as kernels write them.</summary>
internal sealed class GroupFiles : IDisposable
{
    private readonly TempFolder _root = new();

    public string Root => _root.FullPath;

    /// <summary>Files as a container sees them: its group is the top.</summary>
    public static GroupFiles Unified(long cpuMicros = 0, long used = 0, long cache = 0, long? mark = null, string limit = "max")
    {
        var files = new GroupFiles();
        files.Write("proc/self/cgroup", "0::/\n");
        files.Write("sys/fs/cgroup/cpu.stat", UnifiedCpu(cpuMicros));
        files.Write("sys/fs/cgroup/memory.current", $"{used}\n");
        files.Write("sys/fs/cgroup/memory.stat", UnifiedMemory(cache));
        files.Write("sys/fs/cgroup/memory.max", $"{limit}\n");
        if (mark is { } most)
        {
            files.Write("sys/fs/cgroup/memory.peak", $"{most}\n");
        }

        return files;
    }

    public static GroupFiles Old(long cpuNanos, long used, long cache, long mark)
    {
        var files = new GroupFiles();
        files.Write("proc/self/cgroup", "9:memory:/kubepods/pod1/abc\n2:cpu,cpuacct:/kubepods/pod1/abc\n0::/\n");
        files.Write("sys/fs/cgroup/cpuacct/cpuacct.usage", $"{cpuNanos}\n");
        files.Write("sys/fs/cgroup/memory/kubepods/pod1/abc/memory.usage_in_bytes", $"{used}\n");
        files.Write("sys/fs/cgroup/memory/kubepods/pod1/abc/memory.stat", $"cache 9\ninactive_file 1\ntotal_cache 9\ntotal_inactive_file {cache}\ntotal_active_file 3\n");
        files.Write("sys/fs/cgroup/memory/kubepods/pod1/abc/memory.max_usage_in_bytes", $"{mark}\n");
        files.Write("sys/fs/cgroup/memory/kubepods/pod1/abc/memory.limit_in_bytes", "9223372036854771712\n");
        files.Write("sys/fs/cgroup/memory/kubepods/pod1/memory.limit_in_bytes", "1073741824\n");
        return files;
    }

    public static string UnifiedCpu(long micros) => $"usage_usec {micros}\nuser_usec 1\nsystem_usec 2\nnr_periods 0\n";

    public static string UnifiedMemory(long cache) => $"anon 7\nfile 8\nkernel 9\nfile_mapped 1\ninactive_anon 5\nactive_anon 6\ninactive_file {cache}\nactive_file 3\n";

    /// <summary>A shell's words that write a file of it.</summary>
    public string Script(string file, string text) => $"printf '%s' '{text}' > '{_root["sys/fs/cgroup/" + file]}'";

    public void Write(string path, string text)
    {
        var file = _root[path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // not null: below the root
        File.WriteAllText(file, text);
    }

    public void Dispose() => _root.Dispose();
}
