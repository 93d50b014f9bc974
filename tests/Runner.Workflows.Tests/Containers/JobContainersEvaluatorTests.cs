using Runner.Jobs.Containers;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Testing;
using Runner.Workflows.Containers;

namespace Runner.Workflows.Tests.Containers;

public sealed class JobContainersEvaluatorTests
{
    [Fact]
    public void Job_without_containers_has_none() => Assert.True(JobContainersEvaluator.Evaluate(Some.Job()).IsEmpty);

    [Theory]
    [InlineData("node:22", "node:22")]
    [InlineData("docker://ghcr.io/acme/app:1", "ghcr.io/acme/app:1")]
    [InlineData("", null)]
    public void Container_may_be_the_image_only(string text, string? image) =>
        Assert.Equal(image, JobContainersEvaluator.Evaluate(Some.Job(container: new StringToken(text))).Job?.Image);

    [Fact]
    public void Expressions_see_matrix_secrets_and_the_jobs_environment()
    {
        var job = Job(Some.Mapping(
            ("image", new ExpressionToken("format('node:{0}', matrix.node)")),
            ("env", Some.Mapping(("LEVEL", new ExpressionToken("env.B")), ("TOKEN", new ExpressionToken("secrets.TOKEN")), ("OS", new ExpressionToken("runner.os")))),
            ("credentials", Some.Mapping(("username", new ExpressionToken("github.actor")), ("password", new ExpressionToken("github.token")))),
            ("ports", new SequenceToken([new NumberToken(80), new ExpressionToken("format('8080:{0}', 81)")])),
            ("volumes", new SequenceToken([new StringToken("cache:/cache:ro")])),
            ("options", new StringToken("--cpus 2 --health-cmd true"))));

        var container = JobContainersEvaluator.Evaluate(job).Job;

        Assert.NotNull(container);
        Assert.Equal("node:22", container.Image);
        Assert.Equal(["LEVEL=a-b", "TOKEN=s3cr3t", "OS=Linux"], container.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
        Assert.Equal(new RegistryCredentials("octocat", "ghs_token"), container.Credentials);
        Assert.Equal(["80:80/tcp", "8080:81/tcp"], container.Ports.Select(port => port.ToString()));
        Assert.Equal("cache:/cache:ro", Assert.Single(container.Volumes).ToString());
        Assert.Equal("2", container.Options.Find("--cpus"));
        Assert.Equal("true", container.Options.Health?.Command);
    }

    [Fact]
    public void Workspace_is_where_the_job_will_see_it_whatever_the_message_says_of_it()
    {
        var job = Job(Some.Mapping(
            ("image", new StringToken("node:22")),
            ("env", Some.Mapping(("ROOT", new ExpressionToken("github.workspace")), ("JOB", new ExpressionToken("github.job")))),
            ("volumes", new SequenceToken([new ExpressionToken("format('{0}/c:/c', github.workspace)")]))));
        job = job with
        {
            ContextData = new Dictionary<string, ContextData>(job.ContextData)
            {
                ["github"] = new DictionaryData([KeyValuePair.Create<string, ContextData>("workspace", new StringData("/elsewhere"))]),
            },
            Variables = new Dictionary<string, VariableValue>(job.Variables) { [JobVariables.JobKey] = new() { Value = "build" } },
        };

        var container = JobContainersEvaluator.Evaluate(job).Job;

        Assert.Equal(["ROOT=/github/workspace", "JOB=build"], container?.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
        Assert.Equal("c", container?.Volumes[0].PathInWorkspace);
    }

    [Fact]
    public void Services_keep_their_order_and_those_without_an_image_are_left_out()
    {
        var services = Some.Mapping(
            ("redis", new StringToken("redis:7")),
            ("off", Some.Mapping(("image", new ExpressionToken("matrix.nothing")))),
            ("db", Some.Mapping(("image", new StringToken("postgres:16")), ("entrypoint", new StringToken("/start")), ("command", new StringToken("--a 'b c'")))));

        var containers = JobContainersEvaluator.Evaluate(Some.Job(services: services));

        Assert.Equal(["redis", "db"], containers.Services.Select(service => service.Name));
        Assert.Equal("/start", containers.Services[1].Container.Entrypoint);
        Assert.Equal(["--a", "b c"], containers.Services[1].Container.Command);
    }

    [Fact]
    public void Credentials_need_both_parts()
    {
        var container = Some.Mapping(("image", new StringToken("a")), ("credentials", Some.Mapping(("username", new StringToken("me")), ("password", new StringToken("")))));

        var error = Assert.Throws<WorkflowException>(() => JobContainersEvaluator.Evaluate(Some.Job(container: container)));

        Assert.Equal("container.credentials: 'password' is missing or empty; both username and password are needed", error.Message);
    }

    private static JobMessage Job(TemplateToken container) => Some.Job(container: container) with
    {
        ContextData = new Dictionary<string, ContextData>
        {
            ["github"] = DictionaryData.FromStrings(new Dictionary<string, string> { ["actor"] = "octocat" }),
            ["matrix"] = DictionaryData.FromStrings(new Dictionary<string, string> { ["node"] = "22" }),
        },
        Variables = new Dictionary<string, VariableValue>
        {
            ["TOKEN"] = new() { Value = "s3cr3t", IsSecret = true },
            ["system.github.token"] = new() { Value = "ghs_token", IsSecret = true },
        },
        EnvironmentVariables =
        [
            Some.Mapping(("A", new StringToken("a"))),
            Some.Mapping(("B", new ExpressionToken("format('{0}-b', env.A)"))),
        ],
    };
}
