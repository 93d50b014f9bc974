using System.Diagnostics;
using Docker.DotNet.Models;
using Runner.Integration.Tests.Docker;
using Runner.Jobs.Containers;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Node;

/// <summary>JavaScript actions in containers of images that have no Node.js, by the real worker and a real engine.</summary>
public sealed class NodeInContainersTests : IDisposable
{
    private const string Musl = "local/musl:test";
    private const string MuslLoader = "/lib/ld-musl-x86_64.so.1";

    private readonly DockerEngineFixture _engine;
    private readonly DockerRun _run;

    public NodeInContainersTests(DockerEngineFixture engine)
    {
        _engine = engine;
        _run = new DockerRun(engine);
        _ = BuiltExternals.Path();
        _run.Write("probe/action.yml", NodeProbe.Manifest);
        _run.Write("probe/probe.js", NodeProbe.Script);
    }

    public void Dispose() => _run.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task Action_runs_in_an_image_without_any_C_library_and_cannot_change_the_Node_of_others()
    {
        var result = await _run.RunAsync(JobContainers.None, Some.Using("./probe"));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.All([.. NodeProbe.Lines, "libc of the image none", "externals EROFS"], line => Assert.True(result.Lines.Contains(line), $"no '{line}' in:\n{result}"));
        Assert.Equal(2, result.Lines.Count(line => line == "main ended")); // main and post
    }

    [Fact(Timeout = 180_000)]
    public async Task Action_runs_in_an_image_of_Alpines_kind_and_starts_its_programs()
    {
        await MakeMuslImageAsync();
        _run.Write("greet/action.yml", "runs: {using: node24, main: main.js}\n");
        _run.Write("greet/main.js", "console.log(process.version.split('.')[0], require('child_process').execFileSync('/bin/greet').toString().trim());\n");

        var result = await _run.RunAsync(new JobContainers { Job = new JobContainer { Image = Musl } }, Some.Using("./probe"), Some.Using("./greet"));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.All([.. NodeProbe.Lines, "v24 hello from musl"], line => Assert.True(result.Lines.Contains(line), $"no '{line}' in:\n{result}"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Jobs_share_one_volume_and_a_job_of_scripts_alone_has_none()
    {
        await _run.RunAsync(JobContainers.None, Some.Using("./probe"));
        var result = await _run.RunAsync(JobContainers.None, Some.Using("./probe"));
        var scripts = await _run.RunAsync(JobContainers.None, Some.Script("ls /runner", shell: "sh"));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.DoesNotContain("externals", scripts.Lines);
        var filter = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { ["act.nektos.com/externals"] = true } };
        Assert.Single(await _engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filter }, TestContext.Current.CancellationToken));
    }

    // Debian's musl loader, a program linked to it, and what makes GitHub's runner take an image for Alpine.
    private async Task MakeMuslImageAsync()
    {
        Assert.SkipUnless(File.Exists(MuslLoader) && File.Exists("/usr/bin/musl-gcc"), "musl is not installed (Debian: musl-tools)");
        using var root = new TempFolder();
        Directory.CreateDirectory(root["bin"]);
        Directory.CreateDirectory(root["lib"]);
        Directory.CreateDirectory(root["etc"]);
        File.Copy("/usr/bin/busybox", root["bin/busybox"]);
        File.CreateSymbolicLink(root["bin/sh"], "busybox");
        File.Copy(MuslLoader, root["lib/" + Path.GetFileName(MuslLoader)]);
        File.WriteAllText(root["etc/os-release"], "ID=alpine\n");
        File.WriteAllText(root["greet.c"], "#include <stdio.h>\nint main(void) { puts(\"hello from musl\"); return 0; }\n");
        using var compiler = Process.Start("/usr/bin/musl-gcc", ["-o", root["bin/greet"], root["greet.c"]]);
        await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, compiler.ExitCode);
        await _engine.ImportAsync(Musl, root.FullPath, TestContext.Current.CancellationToken);
    }
}
