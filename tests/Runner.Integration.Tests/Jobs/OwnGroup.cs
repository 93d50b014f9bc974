namespace Runner.Integration.Tests.Jobs;

/// <summary>A control group made for a process, as a container has one: of version 1 where memory is counted by it, else of version 2.</summary>
internal sealed class OwnGroup : IDisposable
{
    private const string Groups = "/sys/fs/cgroup";

    private OwnGroup(IReadOnlyList<string> folders) => Folders = folders;

    /// <summary>Its folders; who writes a process' number into their <c>cgroup.procs</c> puts it in.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>Makes it, or skips the test and says what is missing.</summary>
    public static OwnGroup Make()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a control group is made by root");
        var name = $"runner-test-{Guid.NewGuid():N}";
        var isOld = Directory.Exists(Path.Combine(Groups, "memory"));
        Assert.SkipWhen(!isOld && !Controls(Groups), "control groups of version 2 do not count memory here, or cannot be seen from their root");
        List<string> folders = isOld
            ? [Path.Combine(Groups, "memory", PathOf("memory"), name), Path.Combine(Groups, "cpuacct", PathOf("cpuacct"), name)]
            : [Path.Combine(Groups, name)];
        try
        {
            folders.ForEach(folder => Directory.CreateDirectory(folder));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"no control group can be made: {error.Message}");
        }

        return new OwnGroup(folders);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in Folders)
        {
            Directory.Delete(folder); // its files are the kernel's
        }
    }

    private static bool Controls(string folder) =>
        File.Exists(Path.Combine(folder, "cgroup.subtree_control")) && File.ReadAllText(Path.Combine(folder, "cgroup.subtree_control")).Split().Contains("memory");

    private static string PathOf(string controller) => File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3))
        .Where(parts => parts[1].Split(',').Contains(controller)).Select(parts => parts[2].TrimStart('/')).FirstOrDefault(string.Empty);
}
