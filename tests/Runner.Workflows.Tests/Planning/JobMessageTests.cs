using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Jobs.Tokens;
using Runner.Testing;
using Runner.Workflows.Messages;
using Runner.Workflows.Planning;
using static Runner.Workflows.Tests.Planning.Plans;

namespace Runner.Workflows.Tests.Planning;

public sealed class JobMessageTests
{
    private static readonly JobMessageContext Context = new()
    {
        PlanId = new PlanId(Guid.Parse("11111111-1111-1111-1111-111111111111")),
        JobId = new JobId(Guid.Parse("33333333-3333-3333-3333-333333333333")),
        TimelineId = Guid.Parse("22222222-2222-2222-2222-222222222222"),
        SystemConnection = new ServiceEndpoint
        {
            Name = "SystemVssConnection",
            Url = "https://run.example/77/",
            Authorization = new EndpointAuthorization
            {
                Scheme = "OAuth",
                Parameters = new Dictionary<string, string?> { ["AccessToken"] = "eyJ" },
            },
            Data = new Dictionary<string, string?> { ["ResultsServiceUrl"] = "https://results.example/" },
        },
        GitHubToken = new Secret("ghs_x"),
        ResultsEndpoint = new Uri("https://results.example/"),
        LaunchEndpoint = new Uri("https://launch.example/"),
        Variables = [new("DistributedTask.EnhancedAnnotations", "true")],
    };

    private const string Example = """
        name: CI
        run-name: Build of ${{ github.ref_name }}
        on: {push: {branches: [main]}}
        permissions: {contents: read, id-token: write}
        env:
          A: 1
        defaults:
          run: {shell: bash}
        jobs:
          first:
            runs-on: ubuntu-latest
            outputs:
              v: ${{ steps.one.outputs.v }}
            steps:
              - id: one
                run: echo v=1 >> $GITHUB_OUTPUT
          build:
            needs: first
            if: needs.first.outputs.v == '1'
            strategy:
              matrix:
                os: [linux]
                n: [3]
            name: build
            runs-on: [self-hosted, "${{ matrix.os }}"]
            env:
              B: x-${{ matrix.os }}
            container:
              image: debian:12
              env: {TOKEN: "${{ secrets.MY_SECRET }}"}
            services:
              db: postgres:17
            environment: {name: prod, url: "https://x/${{ steps.say.outputs.path }}"}
            steps:
              - uses: actions/checkout@v4
                with:
                  fetch-depth: 0
              - uses: ./.github/actions/mine
              - uses: docker://alpine:3.20
              - run: echo hello
              - run: exit 1
                continue-on-error: true
                if: always() && matrix.n == 3
              - name: Say ${{ matrix.os }}
                id: say
                if: matrix.os == 'linux'
                shell: python
                working-directory: src
                timeout-minutes: 5
                env: {C: "${{ secrets.MY_SECRET }}"}
                run: |
                  print('${{ matrix.n }}')
                  print('{}')
        """;

    [Fact]
    public void Job_travels_as_github_sends_it()
    {
        var run = Run(Example);
        run.Start();
        var build = Assert.Single(run.Complete(new PlannedJobId("first", 0), Conclusion.Succeeded, [new("v", "1")]).Ready);

        var json = JsonSerializer.Serialize(build.ToJobMessage(Context), Indented());

        Golden.Check("build-message.json", json);
        var back = JsonSerializer.Deserialize(json, JobMessageJson.Default.JobMessage);
        Assert.Equal("build (linux, 3)", back?.JobDisplayName);
        Assert.Equal(["__actions_checkout", "__self", "__alpine_3_20", "__run", "__run_2", "say"], back?.Steps.Select(step => step.ContextName));
    }

    [Fact]
    public void Same_job_gives_the_same_message_and_every_step_an_id_of_its_own()
    {
        var job = Assert.Single(Run(Example).Start().Ready);

        var first = job.ToJobMessage(Context);
        var again = job.ToJobMessage(Context);
        var other = job.ToJobMessage(Context with { JobId = new JobId(Guid.Parse("44444444-4444-4444-4444-444444444444")) });

        Assert.Equal(first.Steps[0].Id, again.Steps[0].Id);
        Assert.NotEqual(first.Steps[0].Id, other.Steps[0].Id);
    }

    [Fact]
    public void Parallel_steps_run_in_the_background_with_a_wait_behind_the_last_of_each_group()
    {
        var job = Assert.Single(Run("""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - parallel:
                      - {id: one, run: x}
                      - parallel: [{id: two, run: x}, {id: three, run: x}]
                      - {id: four, uses: ./x}
                  - {id: five, run: x}
            """).Start().Ready);

        var steps = job.ToJobMessage(Context).Steps;

        Assert.Equal(["one", "two", "three", "__parallel_2_wait", "four", "__parallel_wait", "five"], steps.Select(step => step.ContextName));
        Assert.Equal([true, true, true, false, true, false, false], steps.Select(step => step.Background));
        Assert.Equal(["two three", "one four"], steps.Where(step => step.ControlType == "wait").Select(step => string.Join(' ', step.StepIds)));
        Assert.Equal(["__parallel", "__parallel_2", "__parallel_2", "__parallel"], steps.Where(step => step.Background).Select(step => step.ParallelGroupId));
    }

    [Fact]
    public void Background_steps_carry_what_the_worker_needs_to_wait_for_them()
    {
        var job = Assert.Single(Run("""
            on: push
            jobs:
              j:
                runs-on: x
                steps:
                  - {id: server, run: serve, background: true}
                  - wait: server
                  - wait-all:
                  - cancel: server
            """).Start().Ready);

        var steps = job.ToJobMessage(Context).Steps;

        Assert.True(steps[0].Background);
        Assert.Equal(["wait", "wait-all", "cancel"], steps.Skip(1).Select(step => step.ControlType));
        Assert.Equal(["server"], steps[1].StepIds);
        Assert.Empty(steps[2].StepIds);
        Assert.Equal(["__wait", "__wait-all", "__cancel"], steps.Skip(1).Select(step => step.ContextName));
        Assert.Equal("Wait for all", Assert.IsType<StringToken>(steps[2].DisplayNameToken).Value);
    }

    [Fact]
    public void Secrets_are_secret_variables_and_masks()
    {
        var message = Assert.Single(Run(Example).Start().Ready).ToJobMessage(Context);

        Assert.Equal(
            ["github_token", "MY_SECRET", "system.github.token"],
            message.Variables.Where(variable => variable.Value.IsSecret).Select(variable => variable.Key).Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(["s3cr3t", "ghs_x"], message.Masks.Select(mask => mask.Value));
    }

    [Theory]
    [InlineData("permissions: {contents: read, id-token: write, issues: none}", """{"Contents":"read","IdToken":"write","Metadata":"read"}""")]
    [InlineData("permissions: {}", """{"Metadata":"read"}""")]
    public void Permissions_of_the_token_are_told(string permissions, string expected)
    {
        var job = Assert.Single(Run($"on: push\n{permissions}\njobs: {{j: {{runs-on: x}}}}").Start().Ready);

        Assert.Equal(expected, job.ToJobMessage(Context).Variable("system.github.token.permissions"));
    }

    private static JsonTypeInfo<JobMessage> Indented() =>
        (JsonTypeInfo<JobMessage>)new JsonSerializerOptions(JobMessageJson.Default.Options) { WriteIndented = true }.GetTypeInfo(typeof(JobMessage));
}
