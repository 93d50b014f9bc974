using System.Diagnostics;
using System.Runtime.InteropServices;
using Runner.Integration.Tests.Agents;
using Runner.Testing;

namespace Runner.Integration.Tests.Workers;

/// <summary>
/// A root for the worker to run in: the worker, a static shell, <c>/etc/hosts</c>, two devices that every container has, and nothing else:
/// no libc, no CA bundle, no <c>/proc</c>.
/// </summary>
internal sealed class ChrootFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public ChrootFolder()
    {
        foreach (var name in new[] { "bin", "etc", "dev", "tmp" })
        {
            Directory.CreateDirectory(this[name]);
        }

        Copy(TestWorker.Real(), "runner-worker");
        Copy("/bin/busybox", "bin/busybox");
        foreach (var applet in new[] { "sh", "cat", "test" })
        {
            File.CreateSymbolicLink(this["bin/" + applet], "busybox");
        }

        Node("null", "3");
        Node("urandom", "9");
        File.WriteAllText(this["etc/hosts"], $"127.0.0.1 {FakeGitHubServices.Host}\n");
        File.WriteAllText(this["dev/termination-log"], string.Empty);
    }

    /// <summary>A path inside, seen from outside.</summary>
    public string this[string relative] => _folder[relative];

    /// <summary>Says why such a root cannot be made here, by skipping the test.</summary>
    public static void SkipUnlessPossible()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "chroot needs root");
        Assert.SkipUnless(IsStatic("/bin/busybox"), "/bin/busybox is missing or not static: apt-get install busybox-static");
    }

    /// <summary>Copies a file of this machine into the root.</summary>
    public void Copy(string source, string relative)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relative]) ?? _folder.FullPath);
        File.Copy(source, this[relative], overwrite: true);
    }

    /// <summary>Runs a program of the root in it.</summary>
    public Task<Ended> RunAsync(CancellationToken cancellationToken, params string[] command) =>
        Ended.OfAsync("chroot", [_folder.FullPath, .. command], cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private void Node(string name, string minor)
    {
        using var mknod = Process.Start("mknod", ["-m", "666", this["dev/" + name], "c", "1", minor]);
        mknod.WaitForExit();
        Assert.SkipWhen(mknod.ExitCode != 0, "mknod is not allowed here");
    }

    private static bool IsStatic(string program)
    {
        if (!File.Exists(program))
        {
            return false;
        }

        using var ldd = Process.Start(new ProcessStartInfo("ldd", program) { RedirectStandardOutput = true, RedirectStandardError = true });
        ldd?.WaitForExit();
        return ldd?.ExitCode != 0; // ldd fails on what is not dynamic
    }

    /// <summary>The folder of shared libraries of this architecture, as Debian has it.</summary>
    public static string LibraryFolder =>
        RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "lib/aarch64-linux-gnu" : "lib/x86_64-linux-gnu";
}

/// <summary>How a process ended and what it printed.</summary>
internal sealed record Ended(int ExitCode, string Output)
{
    /// <summary>Runs a program with an empty environment but for PATH; one that does not end in time is killed, with exit code -1.</summary>
    public static async Task<Ended> OfAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            return new Ended(-1, "It did not end in time:\n" + await output + await error);
        }

        return new Ended(process.ExitCode, await output + await error);
    }
}
