using System.Text.Json;
using Runner.Integration.Tests.Agents;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Workers;

/// <summary>The published worker: static, at home in any root, its memory its own.</summary>
public sealed class WorkerBinaryTests : IAsyncLifetime
{
    // Kills whoever loads it. In a root with modules for another glibc the real ones did the same, by SIGFPE.
    private const string HostileModule = """
        #include <stdlib.h>
        __attribute__((constructor)) static void loaded(void) { abort(); }
        """;

    private const string Control = """
        #include <netdb.h>
        int main(void) { struct addrinfo *found; return getaddrinfo("github.test", "80", 0, &found) ? 1 : 0; }
        """;

    // What root may do in a container, as Docker and containerd have it by default: all that helps to read other processes is missing.
    private const string ContainerCapabilities =
        "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap";

    private readonly FakeGitHubServices _github = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _github.StartAsync(Cancelled);

    public ValueTask DisposeAsync() => _github.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task It_runs_a_job_over_TLS_in_a_root_that_holds_nothing_else()
    {
        ChrootFolder.SkipUnlessPossible();
        using var root = new ChrootFolder();

        var ended = await RunJobAsync(root);

        AssertReported(root, ended);
    }

    [Fact(Timeout = 60_000)]
    public async Task It_loads_no_name_service_module_of_the_image()
    {
        ChrootFolder.SkipUnlessPossible();
        using var root = new ChrootFolder();
        Assert.SkipUnless(await TryMakeHostileAsync(root), "no C compiler that links statically: apt-get install gcc libc6-dev");

        var control = await root.RunAsync(Cancelled, "/control");
        var ended = await RunJobAsync(root);

        Assert.NotEqual(0, control.ExitCode); // a static program that takes no care is killed in this root
        AssertReported(root, ended);
    }

    [Fact(Timeout = 60_000)]
    public async Task It_runs_beside_another_libc()
    {
        ChrootFolder.SkipUnlessPossible();
        var loader = Directory.GetFiles("/lib", "ld-musl-*.so.1").FirstOrDefault();
        Assert.SkipWhen(loader is null, "no musl on this machine: apt-get install musl");
        using var root = new ChrootFolder();
        root.Copy(loader!, loader![1..]); // not null: skipped above
        Assert.SkipUnless(await TryCompileForMuslAsync(root), "no compiler for musl: apt-get install musl-tools");

        var ended = await RunJobAsync(root, "/program && echo hello");

        AssertReported(root, ended);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_step_that_is_root_in_a_container_cannot_read_the_workers_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "dropping capabilities needs root");
        using var folder = new TempFolder();
        var script = """
            for file in environ mem maps; do
              if head -c 1 /proc/$PPID/$file >/dev/null 2>&1; then echo "$file can be read"; exit 1; fi
            done
            echo hello
            """;
        File.WriteAllText(folder["hosts"], $"127.0.0.1 {FakeGitHubServices.Host}\n");
        var payload = Payload(Some.Paths(folder.FullPath), script);
        WritePayload(folder["payload.json"], payload);
        Directory.CreateDirectory(payload.Paths.Workspace);

        // A mount namespace of its own, so that the name is known without touching this machine's /etc/hosts.
        var ended = await Ended.OfAsync(
            "unshare",
            [
                "--mount", "sh", "-c",
                $"mount --bind {folder["hosts"]} /etc/hosts && exec setpriv --bounding-set={ContainerCapabilities} --inh-caps=-all {TestWorker.Real()} job --payload {folder["payload.json"]}",
            ],
            Cancelled);

        Assert.SkipWhen(ended.Output.Contains("unshare", StringComparison.Ordinal), "no mount namespaces here");
        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.True(Assert.Single(_github.Completions).Conclusion == Conclusion.Succeeded, _github.Logs["job"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_payload_that_makes_no_sense_leaves_a_reason_and_no_trace_of_itself()
    {
        ChrootFolder.SkipUnlessPossible();
        using var root = new ChrootFolder();
        File.WriteAllText(root["payload.json"], """{"job":"s3cr3t"}""");

        var ended = await root.RunAsync(Cancelled, "/runner-worker", "job", "--payload", "/payload.json");

        Assert.Equal(69, ended.ExitCode);
        Assert.DoesNotContain("s3cr3t", ended.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(root["payload.json"]));
        var outcome = Outcome(root);
        Assert.Equal((Conclusion.Failed, false), (outcome.Conclusion, outcome.IsReported));
        Assert.Equal("The launch payload cannot be read: bad or missing value at $.job", outcome.Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task Set_up_copies_the_worker_that_runs_and_the_copy_runs()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["secret"]);
        Directory.CreateDirectory(folder["payload"]);
        File.WriteAllText(folder["secret/payload.json"], "{}");
        var worker = TestWorker.Real();

        var setUp = await Ended.OfAsync(worker, ["setup", "--from", folder["secret"], "--to", folder["payload"], "--bin", folder["bin"]], Cancelled);
        var copy = await Ended.OfAsync(folder["bin/runner-worker"], ["version"], Cancelled);

        Assert.True(setUp.ExitCode == 0, setUp.Output);
        Assert.Equal((await Ended.OfAsync(worker, ["version"], Cancelled)).Output, copy.Output);
        Assert.Equal(File.Exists(Path.Combine(Path.GetDirectoryName(worker)!, "ca-certificates.crt")), File.Exists(folder["bin/ca-certificates.crt"]));
        Assert.True(File.Exists(folder["payload/payload.json"]));
    }

    private async Task<Ended> RunJobAsync(ChrootFolder root, string script = "echo hello")
    {
        var paths = Some.Paths("/runner") with { Workspace = "/github/workspace", Outcome = "/dev/termination-log" };
        WritePayload(root["payload.json"], Payload(paths, script));
        return await root.RunAsync(Cancelled, "/runner-worker", "job", "--payload", "/payload.json");
    }

    private void AssertReported(ChrootFolder root, Ended ended)
    {
        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.Equal(Conclusion.Succeeded, Assert.Single(_github.Completions).Conclusion);
        Assert.Contains("Z hello\n", _github.Logs["job"], StringComparison.Ordinal);
        var outcome = Outcome(root);
        Assert.Equal((Conclusion.Succeeded, true), (outcome.Conclusion, outcome.IsReported));
        Assert.False(File.Exists(root["payload.json"]));
    }

    private LaunchPayload Payload(WorkPaths paths, string script)
    {
        var job = Some.Job() with
        {
            Steps = [Some.Script(script, shell: "sh")],
            Variables = new Dictionary<string, VariableValue> { [JobVariables.ResultsEndpoint] = new() { Value = _github.Address.ToString() } },
            Resources = new JobResources
            {
                Endpoints =
                [
                    new ServiceEndpoint
                    {
                        Name = "SystemVssConnection",
                        Url = _github.Address.ToString(),
                        Authorization = new EndpointAuthorization { Scheme = "OAuth", Parameters = new Dictionary<string, string?> { ["AccessToken"] = "t0k3n" } },
                    },
                ],
            },
        };
        return new LaunchPayload { Job = job, Runner = Some.Runner(), Paths = paths, ExtraCertificates = _github.CertificatePem };
    }

    private static void WritePayload(string path, LaunchPayload payload) =>
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.LaunchPayload));

    private static WorkerOutcome Outcome(ChrootFolder root)
    {
        Assert.True(WorkerOutcome.TryParse(File.ReadAllText(root["dev/termination-log"]), out var outcome));
        return outcome!; // parsed, by the line above
    }

    private static async Task<bool> TryMakeHostileAsync(ChrootFolder root)
    {
        File.WriteAllText(root["module.c"], HostileModule);
        File.WriteAllText(root["control.c"], Control);
        var libraries = ChrootFolder.LibraryFolder;
        Directory.CreateDirectory(root[libraries]);
        foreach (var library in Directory.GetFiles("/" + libraries, "libc.so.6").Concat(Directory.GetFiles("/" + libraries, "ld-linux-*.so.*")))
        {
            root.Copy(library, Path.Combine(libraries, Path.GetFileName(library)));
        }

        File.WriteAllText(
            root["etc/nsswitch.conf"],
            "passwd: hostile files\ngroup: hostile files\nhosts: hostile files mdns4_minimal [NOTFOUND=return] myhostname dns\nservices: hostile files\n");
        var module = await Ended.OfAsync("cc", ["-shared", "-fPIC", "-o", root[libraries + "/libnss_hostile.so.2"], root["module.c"]], Cancelled);
        var control = await Ended.OfAsync("cc", ["-static", "-w", "-o", root["control"], root["control.c"]], Cancelled);
        return module.ExitCode == 0 && control.ExitCode == 0;
    }

    private static async Task<bool> TryCompileForMuslAsync(ChrootFolder root)
    {
        if (!File.Exists("/usr/bin/musl-gcc"))
        {
            return false;
        }

        File.WriteAllText(root["program.c"], "int main(void) { return 0; }");
        return (await Ended.OfAsync("musl-gcc", ["-o", root["program"], root["program.c"]], Cancelled)).ExitCode == 0;
    }
}
