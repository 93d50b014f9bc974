using System.Text;
using Runner.Execution.Hosting;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Containers;

public sealed class ContainerActionTests
{
    private const string Manifest = """
        inputs:
          who: { description: x, default: nobody }
        runs:
          using: docker
          image: Dockerfile
          entrypoint: /main.sh
          args: [ "--who", "${{ inputs.who }}" ]
          env: { WHO: "${{ inputs.who }}", GITHUB_SHA: not mine }
          pre-entrypoint: /pre.sh
          post-entrypoint: /post.sh
        """;

    [Fact(Timeout = 60_000)]
    public async Task Step_with_an_image_runs_it_with_the_jobs_folders_at_their_places_in_containers()
    {
        using var job = new TestJob();
        var containers = new FakeContainers();

        await job.RunAsync(containers, Some.Using("docker://alpine:3", with: Some.Texts(("entryPoint", "/bin/echo"), ("args", "a 'b c'")), env: Some.Texts(("FILE", Path.Combine(job.Paths.Workspace, "x/y")))));

        var request = Assert.Single(containers.Requests);
        Assert.Equal(new ContainerImage { Image = "alpine:3" }, request.Source);
        Assert.Equal(("/bin/echo", "a 'b c'", "/github/workspace"), (request.Entrypoint, request.CommandLine, request.WorkingDirectory));
        Assert.Equal("/github/workspace/x/y", request.Environment["FILE"]);
        Assert.Equal("/github/home", request.Environment["HOME"]);
        Assert.Equal("/github/workspace", request.Environment["GITHUB_WORKSPACE"]);
        Assert.Equal("/github/workflow/event.json", request.Environment["GITHUB_EVENT_PATH"]);
        Assert.Equal("/github/runner_temp", request.Environment["RUNNER_TEMP"]);
        Assert.StartsWith("/github/file_commands/set_env_", request.Environment["GITHUB_ENV"], StringComparison.Ordinal);
        Assert.DoesNotContain("PATH", request.Environment.Keys);
        Assert.Contains(request.Mounts, mount => (mount.Source, mount.WorkerPath, mount.Target) == (MountSource.Workspace, job.Paths.Workspace, "/github/workspace"));
        Assert.All(request.Mounts.Where(mount => mount.WorkerPath.Length > 0), mount => Assert.True(Directory.Exists(mount.WorkerPath)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Action_is_built_from_its_Dockerfile_and_runs_all_its_stages()
    {
        using var job = new TestJob().WithAction("acme/box/action.yml", Manifest).WithAction("acme/box/Dockerfile", "FROM scratch");
        var containers = new FakeContainers();

        await job.RunAsync(containers, Some.Using("acme/box@v1", with: Some.Texts(("who", "me"))));

        Assert.Equal(["/pre.sh", "/main.sh", "/post.sh"], containers.Requests.Select(request => request.Entrypoint));
        Assert.All(containers.Requests, request =>
        {
            Assert.Equal(new ContainerBuild { Context = Path.Combine(job.Paths.Actions, "acme/box/v1"), Dockerfile = "Dockerfile" }, request.Source);
            Assert.Equal(["--who", "me"], request.Arguments);
            Assert.Equal(("me", "me"), (request.Environment["WHO"], request.Environment["INPUT_WHO"]));
        });
        Assert.Equal(["1 Set up job", "2 Pre Run acme/box@v1", "3 Run acme/box@v1", "6 Post Run acme/box@v1", "7 Complete job"], job.Result?.Steps.Select(step => $"{step.Number} {step.Name}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task User_of_the_image_can_write_the_steps_command_files_home_and_temporary_files()
    {
        using var job = new TestJob();
        var containers = new FakeContainers();
        var modes = new List<(string Path, UnixFileMode Mode)>();
        var temp = job.Paths.Temp;
        containers.Running = request =>
        {
            var files = request.Environment.Values.Where(value => value.StartsWith("/github/file_commands/", StringComparison.Ordinal))
                .Select(value => Path.Combine(temp, "_runner_file_commands", Path.GetFileName(value)))
                .ToList();
            modes.AddRange(files.Concat([temp, Path.Combine(temp, "_github_home"), Path.Combine(temp, "_runner_file_commands")]).Select(path => (path, File.GetUnixFileMode(path))));
            File.AppendAllText(files.Single(file => file.Contains("set_env_", StringComparison.Ordinal)), "A=b\n");
        };

        await job.RunAsync(containers, Some.Using("docker://alpine"), Some.Script("echo got=$A"));

        Assert.Equal(8, modes.Count);
        Assert.All(modes, path => Assert.True(path.Mode.HasFlag(UnixFileMode.OtherRead | UnixFileMode.OtherWrite), $"{path.Path} has {path.Mode}"));
        Assert.True(File.GetUnixFileMode(Path.Combine(temp, "_github_workflow", "event.json")).HasFlag(UnixFileMode.OtherRead));
        Assert.Contains("got=b", job.Output(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Output_goes_through_commands_and_masks_and_the_exit_code_decides()
    {
        using var job = new TestJob();
        var containers = new FakeContainers(3, "::add-mask::hush", "a hush word", "::error file=/github/workspace/a.c,line=2::broken", "last\rline", "no end");

        await job.RunAsync(containers, Some.Using("docker://alpine"));

        Assert.Equal(["a *** word", "##[error]broken", "last", "line", "no end"], job.Output(0));
        Assert.Equal("a.c", Assert.Single(job.Steps[0].Annotations).Path);
        Assert.Equal(Conclusion.Failed, job.Result?.Conclusion);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_its_engine_has_to_say_of_the_end_is_an_error_of_the_step()
    {
        using var job = new TestJob();

        await job.RunAsync(new FakeContainers(137) { Message = "The container was killed for its memory" }, Some.Using("docker://alpine"));

        Assert.Equal("##[error]The container was killed for its memory", job.Output(0)[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Action_may_name_an_image_instead_of_a_Dockerfile()
    {
        using var job = new TestJob().WithFile("x/action.yml", "runs: { using: docker, image: docker://alpine:3 }");
        var containers = new FakeContainers();

        await job.RunAsync(containers, Some.Using("./x", with: Some.Texts(("entryPoint", "/bin/true"), ("args", "a 'b c'"))));

        var request = Assert.Single(containers.Requests);
        Assert.Equal(new ContainerImage { Image = "alpine:3" }, request.Source);
        Assert.Equal(("/bin/true", "a 'b c'"), (request.Entrypoint, request.CommandLine));
    }

    [Fact(Timeout = 60_000)]
    public async Task Launcher_without_containers_is_told_by_the_step()
    {
        using var job = await TestJob.OfAsync(Some.Using("docker://alpine"));

        Assert.Equal(["##[error]docker://alpine runs in a container, and whoever started this job cannot run containers beside it"], job.Output(0));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("image.tar", "##[error]'image.tar' should be either '[path]/Dockerfile' or 'docker://image[:tag]': 'image' of ./x/action.yml")]
    [InlineData("Dockerfile", "##[error]File not found: '{workspace}/x/Dockerfile', which is 'image' of ./x/action.yml")]
    public async Task Image_that_cannot_be_is_told(string image, string message)
    {
        using var job = new TestJob().WithFile("x/action.yml", $"runs: {{ using: docker, image: {image} }}");

        await job.RunAsync(new FakeContainers(), Some.Using("./x"));

        Assert.Equal([message.Replace("{workspace}", job.Paths.Workspace, StringComparison.Ordinal)], job.Output(0));
    }

    /// <summary>Keeps what is asked for; prints lines, in pieces, and ends with a code.</summary>
    internal sealed class FakeContainers(int exitCode = 0, params string[] lines) : IContainerRunner
    {
        public List<ContainerRequest> Requests { get; } = [];

        public Action<ContainerRequest> Running { get; set; } = _ => { };

        /// <summary>What it says beside the exit code.</summary>
        public string? Message { get; init; }

        public Task<ContainerEnded> RunAsync(ContainerRequest request, IContainerOutput output, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            Running(request);
            foreach (var piece in Encoding.UTF8.GetBytes(string.Join('\n', lines)).Chunk(7))
            {
                output.Write(piece);
            }

            return Task.FromResult(new ContainerEnded { ExitCode = exitCode, Message = Message });
        }
    }
}
