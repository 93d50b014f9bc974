using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Runner.Integration.Tests.Agents;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Workers;

/// <summary>
/// What passes from the set-up container to the job's, and what the job needs of its folders, for any two users: folders as a kubelet makes them, the
/// programs as the containers start them, and images whose mask gives others nothing.
/// </summary>
public sealed class UsersOfAPodTests
{
    private const int Group = 1654;
    private static readonly int[] Users = [0, 1654, 1001];

    public static TheoryData<int, int, bool> Pods()
    {
        var data = new TheoryData<int, int, bool>();
        foreach (var setUp in Users)
        {
            foreach (var job in Users)
            {
                data.Add(setUp, job, false);
                data.Add(setUp, job, true);
            }
        }

        return data;
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Pods))]
    public async Task Job_of_any_user_starts_after_a_set_up_of_any_user(int setUpUser, int jobUser, bool hasGroup)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "to be any user needs root");
        using var folder = new TempFolder();
        Mode(folder.FullPath, 0b111_101_101);
        MakeImage(folder);
        foreach (var volume in new[] { "runner", "temp", "workspace", "tools", "home", "outcome" })
        {
            MakeVolume(folder[volume], hasGroup, isMemory: false);
        }

        MakeVolume(folder["runner/payload"], hasGroup, isMemory: true);
        WritePayload(folder);

        var setUp = await RunAsync(
            setUpUser, hasGroup, folder["image/runner-worker"], "setup", "--from", folder["secret"], "--to", folder["runner/payload/job"],
            "--bin", folder["runner/bin"], "--externals", folder["runner/externals"]);
        Assert.True(setUp.ExitCode == 0, setUp.Output);
        var job = await RunAsync(jobUser, hasGroup, folder["runner/bin/runner-worker"], "job", "--payload", folder["runner/payload/job/payload.json"]);

        Assert.True(job.ExitCode == 0, job.Output);
        Assert.True(WorkerOutcome.TryParse(File.ReadAllText(folder["outcome/outcome.json"]), out var outcome));
        Assert.True(outcome?.Conclusion == Conclusion.Succeeded, job.Output);
        Assert.True(File.Exists(folder["temp/hooked"]), job.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["runner/payload/job"])); // the payload, and the note of when the set-up began
    }

    private static void MakeImage(TempFolder folder)
    {
        Directory.CreateDirectory(folder["image/externals/node24/bin"]);
        File.WriteAllText(folder["image/externals/node24/bin/node"], "node");
        File.WriteAllText(folder["image/ca-certificates.crt"], string.Empty);
        File.Copy(TestWorker.Real(), folder["image/runner-worker"]);
        Mode(folder["image/runner-worker"], 0b111_101_101);

        // As ConfigMaps and Secrets are mounted.
        Directory.CreateDirectory(folder["hooks"]);
        File.WriteAllText(folder["hooks/started.sh"], "touch \"$RUNNER_TEMP/hooked\"\n");
        Mode(folder["hooks/started.sh"], 0b101_101_101);
        Directory.CreateDirectory(folder["secret"]);
    }

    // A kubelet's emptyDir: open to all; in memory with the sticky bit; with an fsGroup its own and handed on.
    private static void MakeVolume(string path, bool hasGroup, bool isMemory)
    {
        Directory.CreateDirectory(path);
        if (hasGroup)
        {
            Start("chown", $":{Group}", path);
        }

        Mode(path, 0b111_111_111 | (isMemory ? (int)UnixFileMode.StickyBit : 0) | (hasGroup ? (int)UnixFileMode.SetGroup : 0));
    }

    private static void WritePayload(TempFolder folder)
    {
        var payload = new LaunchPayload
        {
            Job = Some.Job() with
            {
                Steps =
                [
                    Some.Script(
                        $"""
                        set -e
                        test ! -e "{folder["runner/payload/job/payload.json"]}"
                        cat "{folder["runner/externals/node24/bin/node"]}" "$GITHUB_EVENT_PATH"
                        for file in "$GITHUB_WORKSPACE" "$RUNNER_TEMP" "$HOME" "$RUNNER_TOOL_CACHE"; do touch "$file/made"; done
                        echo A=b >> "$GITHUB_ENV"; echo a=b >> "$GITHUB_OUTPUT"; echo /x >> "$GITHUB_PATH"; echo s=t >> "$GITHUB_STATE"; echo t >> "$GITHUB_STEP_SUMMARY"
                        """,
                        shell: "sh"),
                    Some.Script("test \"$A\" = b", shell: "sh"),
                ],
            },
            Runner = Some.Runner(),
            Reporting = ReportingTarget.Launcher,
            Environment = new Dictionary<string, string> { [HookVariables.Started] = folder["hooks/started.sh"] },
            Paths = new WorkPaths
            {
                Workspace = folder["workspace"],
                Temp = folder["temp"],
                ToolCache = folder["tools"],
                Actions = folder["runner/actions"],
                Externals = folder["runner/externals"],
                Home = folder["home"],
                Spool = folder["runner/spool"],
                Outcome = folder["outcome/outcome.json"],
            },
        };
        File.WriteAllBytes(folder["secret/payload.json"], JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.LaunchPayload));
        Mode(folder["secret/payload.json"], 0b100_100_100);
    }

    private static Task<Ended> RunAsync(int user, bool hasGroup, params string[] command)
    {
        var id = user.ToString(CultureInfo.InvariantCulture);
        string[] groups = hasGroup ? ["--groups", $"{Group}"] : ["--clear-groups"];
        return Ended.OfAsync(
            "setpriv", ["--reuid", id, "--regid", id, .. groups, "sh", "-c", "umask 077; exec \"$@\"", "sh", .. command], TestContext.Current.CancellationToken);
    }

    private static void Mode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)mode);
        }
    }

    private static void Start(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
