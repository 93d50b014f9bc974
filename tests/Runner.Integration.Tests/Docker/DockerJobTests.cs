using Runner.Jobs.Containers;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;
using Runner.Testing.Docker;
[assembly: AssemblyFixture(typeof(DockerEngineFixture))]

namespace Runner.Integration.Tests.Docker;

/// <summary>Jobs in containers of a real engine, by the real worker.</summary>
public sealed class DockerJobTests(DockerEngineFixture engine) : IDisposable
{
    private const string Image = DockerEngineFixture.Image;

    private readonly DockerRun _run = new(engine);

    public void Dispose() => _run.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task Job_tells_all_it_does_and_works_in_the_bound_folder()
    {
        _run.Write("readme", "from the checkout\n");

        var result = await _run.RunAsync(
            JobContainers.None, Some.Script("cat readme; i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; done; echo made >made", shell: "sh"));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.Contains("from the checkout", result.Lines);
        Assert.Equal(Enumerable.Range(1, 3000).Select(number => $"line {number}"), result.Lines.Where(line => line.StartsWith("line ", StringComparison.Ordinal)));
        Assert.Equal("made\n", _run.Read("made"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Container_step_shares_workspace_files_and_environment_with_the_job()
    {
        var result = await _run.RunAsync(
            JobContainers.None,
            Some.Script("echo from-the-job >shared; echo FROM_ENV=seen >>$GITHUB_ENV", shell: "sh"),
            Some.Using($"docker://{Image}", "there", with: Some.Texts(
                ("entrypoint", "/bin/sh"),
                ("args", "-c 'cat shared; echo $FROM_ENV; pwd; echo $HOME; echo $RUNNER_TEMP; echo word=from-the-container >>$GITHUB_OUTPUT; echo ::add-mask::hush; echo say hush; echo back >back'"))),
            Some.Script("echo got $WORD; cat back", shell: "sh", env: Some.Mapping(("WORD", new ExpressionToken("steps.there.outputs.word")))));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        foreach (var line in new[] { "from-the-job", "seen", "/github/workspace", "/github/home", "/github/runner_temp", "say ***", "got from-the-container", "back" })
        {
            Assert.Contains(line, result.Lines);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Exit_code_of_the_container_is_that_of_the_step()
    {
        var result = await _run.RunAsync(
            JobContainers.None, Some.Using($"docker://{Image}", with: Some.Texts(("entrypoint", "/bin/sh"), ("args", "-c 'exit 7'"))));

        Assert.True(result.Conclusion == Conclusion.Failed, result.ToString());
    }

    [Fact(Timeout = 180_000)]
    public async Task Program_that_is_not_in_the_image_is_named()
    {
        var result = await _run.RunAsync(JobContainers.None, Some.Using($"docker://{Image}", with: Some.Texts(("entrypoint", "/no/such"))));

        Assert.True(result.Conclusion == Conclusion.Failed, result.ToString());
        Assert.Contains(result.Lines, line => line.StartsWith("##[error]The container cannot be started: ", StringComparison.Ordinal) && line.Contains("/no/such", StringComparison.Ordinal));
    }

    [Fact(Timeout = 180_000)]
    public async Task Dockerfile_action_is_built_with_its_output_in_the_log_and_runs_its_three_stages()
    {
        _run.Write("act/Dockerfile", $"FROM {Image}\nCOPY main.sh pre.sh post.sh /\nRUN [\"/bin/sh\", \"-c\", \"echo while building\"]\nENTRYPOINT [\"/bin/sh\", \"/main.sh\"]\n");
        _run.Write("act/pre.sh", "#!/bin/sh\necho the pre stage\n");
        _run.Write("act/main.sh", "#!/bin/sh\necho main got $1 and $WHO and $INPUT_GREETING; echo kept=yes >>$GITHUB_STATE\n");
        _run.Write("act/post.sh", "#!/bin/sh\necho post has $STATE_kept\n");
        _run.Write("act/action.yml", """
            name: Greeter
            description: says hello
            inputs: {greeting: {default: hello}}
            runs:
              using: docker
              image: Dockerfile
              post-entrypoint: /post.sh
              env: {WHO: world}
              args: ['${{ inputs.greeting }} there']
            """);
        File.SetUnixFileMode(_run.PathOf("act/post.sh"), (UnixFileMode)0b111_101_101);

        var result = await _run.RunAsync(JobContainers.None, Some.Using("./act"));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.Contains(result.Lines, line => line.StartsWith("##[group]Build container for action use: '/github/workspace/act/Dockerfile'", StringComparison.Ordinal));
        Assert.Contains("while building", result.Lines);
        Assert.Contains("main got hello there and world and hello", result.Lines);
        Assert.Contains("post has yes", result.Lines);
    }

    [Fact(Timeout = 180_000)]
    public async Task Dockerfile_that_does_not_build_fails_the_step_with_the_engines_words()
    {
        _run.Write("act/Dockerfile", $"FROM {Image}\nRUN [\"/bin/sh\", \"-c\", \"echo oh no; exit 3\"]\n");
        _run.Write("act/action.yml", "name: x\ndescription: x\nruns: {using: docker, image: Dockerfile}\n");

        var result = await _run.RunAsync(JobContainers.None, Some.Using("./act"));

        Assert.True(result.Conclusion == Conclusion.Failed, result.ToString());
        Assert.Contains("oh no", result.Lines);
        Assert.Contains(result.Lines, line => line.StartsWith("##[error]Docker build failed: ", StringComparison.Ordinal) && line.Contains("returned a non-zero code: 3", StringComparison.Ordinal));
    }

    [Fact(Timeout = 180_000)]
    public async Task Cancel_while_a_container_step_runs_ends_it_and_leaves_nothing()
    {
        var result = await _run.CancelAtAsync(
            "started", Some.Using($"docker://{Image}", with: Some.Texts(("entrypoint", "/bin/sh"), ("args", "-c 'trap \"echo interrupted; exit 1\" INT; echo started; while :; do sleep 1; done'"))));

        Assert.True(result.Conclusion == Conclusion.Canceled, result.ToString());
    }

    [Fact(Timeout = 180_000)]
    public async Task Container_step_is_on_the_network_of_the_jobs_services()
    {
        var service = new ServiceContainer("web", new JobContainer
        {
            Image = Image,
            Entrypoint = "/bin/sh",
            Command = ["-c", "mkdir -p /www && echo served >/www/page && exec httpd -f -p 8080 -h /www"],
            Options = ContainerOptionsParser.Parse("--health-cmd 'wget -qO- http://localhost:8080/page' --health-interval 300ms", "services.web.options"),
        });

        var result = await _run.RunAsync(
            new JobContainers { Services = [service] },
            Some.Script("echo job: $(wget -qO- http://web:8080/page)", shell: "sh"),
            Some.Using($"docker://{Image}", with: Some.Texts(("entrypoint", "/bin/sh"), ("args", "-c 'echo action: $(wget -qO- http://web:8080/page)'"))));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.Contains("job: served", result.Lines);
        Assert.Contains("action: served", result.Lines);
    }

    [Fact(Timeout = 180_000)]
    public async Task Mapped_port_of_a_service_is_reached_at_localhost_and_stands_in_the_job_context()
    {
        var service = new ServiceContainer("web", new JobContainer
        {
            Image = Image,
            Entrypoint = "/bin/sh",
            Command = ["-c", "mkdir -p /www && echo served >/www/page && exec httpd -f -p 8080 -h /www"],
            Ports = [.. PortMapping.Parse("9090:8080", "services.web.ports")],
            Options = ContainerOptionsParser.Parse("--health-cmd 'wget -qO- http://localhost:8080/page' --health-interval 300ms", "services.web.options"),
        });

        var result = await _run.RunAsync(
            new JobContainers { Services = [service] },
            Some.Script(
                "echo $PORT: $(wget -qO- http://localhost:$PORT/page)",
                shell: "sh",
                env: Some.Mapping(("PORT", new ExpressionToken("job.services.web.ports['8080']")))));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.Contains("9090: served", result.Lines);
    }
}
