using System.Diagnostics;
using Runner.Emulator;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Jobs;

/// <summary>
/// The static worker in root file systems that have little or nothing in common with the machine it was built on. A job runs there
/// by <c>chroot</c>, with the folder of the jobs mounted at its own path.
/// </summary>
public sealed class WorkerBinaryTests
{
    private const int Limit = 300_000;

    // Names modules that are not there and one that a static program of another glibc dies of: worker-build.md, "Name service".
    private const string HostileNameService = "passwd: files systemd\ngroup: files systemd\nhosts: files mdns4_minimal [NOTFOUND=return] myhostname dns\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Worker_starts_in_an_empty_root()
    {
        RequireRoot();
        using var root = new Testing.TempFolder();
        File.Copy(TestWorker.Real(), root["runner-worker"]);

        var (exitCode, output) = await ShellAsync("exec chroot \"$1\" /runner-worker version", root.FullPath);

        Assert.Equal(0, exitCode);
        Assert.Matches(@"\d+\.\d+", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Job_runs_in_a_root_without_any_libc()
    {
        RequireRoot();
        using var root = new Testing.TempFolder();
        var (made, message) = await ShellAsync(
            """
            set -e
            mkdir -p "$1"/bin "$1"/etc "$1"/dev "$1"/proc "$1"/tmp
            cp "$(command -v busybox)" "$1/bin/busybox"
            for applet in sh echo cat true; do ln -sf busybox "$1/bin/$applet"; done
            """,
            root.FullPath);
        Assert.True(made == 0, message);

        await AssertJobRunsAsync(root.FullPath, "no libc");
    }

    [Fact(Timeout = Limit)]
    public async Task Job_runs_in_a_root_with_another_glibc_and_a_hostile_name_service()
    {
        RequireRoot();
        var root = await Debian13Async();

        await AssertJobRunsAsync(root, "glibc of Debian 13");
    }

    private static async Task AssertJobRunsAsync(string root, string marker)
    {
        var worker = TestWorker.Real();
        await File.WriteAllTextAsync(Path.Combine(root, "etc/nsswitch.conf"), HostileNameService, Token);
        await File.WriteAllTextAsync(Path.Combine(root, "etc/hosts"), "127.0.0.1 localhost\n", Token);
        File.Copy(worker, Path.Combine(root, "runner-worker"), overwrite: true);

        // A mount namespace of its own: the mounts go with the worker, whatever happens to the test.
        var script = $"""
            exec unshare --mount --propagation private bash -c '
              set -e
              mkdir -p "{root}$1" "{root}/dev" "{root}/proc"
              mount --bind "$1" "{root}$1"; mount --bind /dev "{root}/dev"; mount -t proc proc "{root}/proc"
              exec chroot "{root}" /runner-worker job --payload -' bash "$(dirname "$0")/jobs"
            """;
        await using var test = await AgentOnHost.StartAsync(
            folder => Launcher(folder, script),
            Token,
            emulatorOptions: new EmulatorOptions { ShareRunnerKey = true, PublicUrl = new Uri("http://localhost:0") });
        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = $"on: push\njobs:\n  one:\n    runs-on: self-hosted\n    steps:\n      - run: echo it runs with {marker}\n        shell: sh\n",
        });

        var job = (await test.Emulator.WaitForRunAsync(run.Id, Token)).Jobs[0];

        var log = await test.Emulator.ReadLogAsync(job.Id, Token);
        Assert.True(job.Conclusion == Conclusion.Succeeded, $"{job.Conclusion} {job.Reason}\n{log}\n{string.Join('\n', job.Annotations.Select(remark => remark.Message))}");
        Assert.Contains($"Z it runs with {marker}", log, StringComparison.Ordinal);
    }

    private static string Launcher(string folder, string script)
    {
        var path = Path.Combine(folder, "worker-in-root");
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    // Made once a machine: glibc 2.41 where the worker was linked with Debian 12's 2.36.
    private static async Task<string> Debian13Async()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var root = Path.Combine(home, ".cache/runner-tests/debian-13");
        if (!File.Exists(root + ".done"))
        {
            var (exitCode, output) = await ShellAsync(
                """
                command -v debootstrap >/dev/null || { echo 'debootstrap is not installed'; exit 3; }
                mkdir -p "$(dirname "$1")"; rm -rf "$1"
                debootstrap --variant=minbase trixie "$1" >"$1.log" 2>&1 || { echo "debootstrap failed, see $1.log"; exit 3; }
                touch "$1.done"
                """,
                root);
            Assert.SkipWhen(exitCode != 0, $"No Debian 13 root: {output}");
        }

        return root;
    }

    private static void RequireRoot() => Assert.SkipWhen(!Environment.IsPrivilegedProcess, "chroot needs root");

    private static async Task<(int ExitCode, string Output)> ShellAsync(string script, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script + "\n", "bash", argument])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("bash could not be started");
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, output + await error);
    }
}
