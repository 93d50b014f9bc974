using System.Diagnostics;
using Runner.Testing;

namespace Runner.Integration.Tests.Agents;

/// <summary>A real file system with little room, so that what is full is really full. It takes root, and Linux; else the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TempFolder _folder = new();

    private SmallDisk()
    {
    }

    /// <summary>Where it is.</summary>
    public string Path => _folder.FullPath;

    /// <summary>Makes one.</summary>
    /// <param name="kilobytes">Its size.</param>
    public static SmallDisk Make(int kilobytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A small file system is mounted by root, on Linux");
        var disk = new SmallDisk();
        var (code, output) = Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k,mode=755", "runner-test", disk.Path);
        Assert.SkipWhen(code != 0, $"This machine mounts no tmpfs: {output}");
        return disk;
    }

    /// <summary>Takes what room is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(System.IO.Path.Combine(Path, "filler"), FileMode.Create);
        var block = new byte[1024];
        while (HasRoom())
        {
            filler.Write(block);
            filler.Flush();
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(System.IO.Path.Combine(Path, "filler"));

    public void Dispose()
    {
        Run("umount", "-l", Path);
        _folder.Dispose();
    }

    private bool HasRoom() => new DriveInfo(Path).AvailableFreeSpace >= 1024;

    private static (int Code, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} could not be started");
        var output = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
