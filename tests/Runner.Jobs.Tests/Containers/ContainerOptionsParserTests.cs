using Runner.Jobs.Containers;
using Runner.Jobs.Errors;

namespace Runner.Jobs.Tests.Containers;

public sealed class ContainerOptionsParserTests
{
    public static TheoryData<string, string[]> Options => new()
    {
        // text                                        options
        { "--cpus 1.5",                                ["--cpus=1.5"] },
        { "--cpus=1.5 -m 512m",                        ["--cpus=1.5", "--memory=512m"] },
        { "-u1001",                                    ["--user=1001"] },
        { "-e A=1 --env B=two",                        ["--env=A=1", "--env=B=two"] },
        { "--env \"A=a b\" --env 'B=\"x\"'",           ["--env=A=a b", "--env=B=\"x\""] },
        { "--env A=a\\ b",                             ["--env=A=a b"] },
        { "--privileged --read-only=false",            ["--privileged=true", "--read-only=false"] },
        { "--net-alias db --add-host x:10.0.0.1",      ["--network-alias=db", "--add-host=x:10.0.0.1"] },
        { "  \n --hostname\n  db \\\n --tmpfs /tmp ",  ["--hostname=db", "--tmpfs=/tmp"] },
        { "--entrypoint \"\"",                         ["--entrypoint="] },
        { "--ulimit nofile=1024:2048 --shm-size 1g",   ["--ulimit=nofile=1024:2048", "--shm-size=1g"] },
        { "",                                          [] },
    };

    public static TheoryData<string, string> Mistakes => new()
    {
        // text                          message
        { "--memroy 1g",                 "container.options: '--memroy' is no option of docker create; did you mean '--memory'?" },
        { "-z",                          "container.options: '-z' is no option of docker create" },
        { "memory=1g",                   "container.options: expected an option that starts with a dash, found 'memory=1g'" },
        { "--memory",                    "container.options: '--memory' has no value" },
        { "--privileged=maybe",          "container.options: '--privileged' must be true or false, not 'maybe'" },
        { "--health-cmd \"pg_isready",   "container.options: the quote (\") before 'pg_isready' is not closed" },
        { "--health-interval 10",        "container.options: '--health-interval' must be a duration such as 10s or 1m30s, not '10'" },
        { "--health-interval soon",      "container.options: '--health-interval' must be a duration such as 10s or 1m30s, not 'soon'" },
        { "--health-retries few",        "container.options: '--health-retries' must be a whole number, not 'few'" },
    };

    [Theory, MemberData(nameof(Options))]
    public void Options_are_read_with_their_long_names(string text, string[] expected)
    {
        var options = ContainerOptionsParser.Parse(text, "container.options");

        Assert.Equal(expected, options.All.Select(option => $"{option.Name}={option.Value}"));
        Assert.Null(options.Health);
    }

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistake_is_told_with_its_place(string text, string message)
    {
        var error = Assert.Throws<WorkflowException>(() => ContainerOptionsParser.Parse(text, "container.options"));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Health_check_as_the_documentation_shows_it()
    {
        var options = ContainerOptionsParser.Parse(
            "--health-cmd \"redis-cli ping\" --health-interval 10s --health-timeout 1m30s --health-retries 5 --health-start-period 500ms", "x");

        Assert.Empty(options.All);
        Assert.Equal(
            new HealthCheck
            {
                Command = "redis-cli ping",
                Interval = TimeSpan.FromSeconds(10),
                Timeout = TimeSpan.FromSeconds(90),
                Retries = 5,
                StartPeriod = TimeSpan.FromMilliseconds(500),
            },
            options.Health);
    }

    [Theory]
    [InlineData("512m", 512L * 1024 * 1024)]
    [InlineData("1.5g", 1536L * 1024 * 1024)]
    [InlineData("64kb", 64L * 1024)]
    [InlineData("1048576", 1048576L)]
    public void Sizes_have_units_of_1024(string text, long bytes) =>
        Assert.Equal(bytes, DockerValues.Bytes(new ContainerOption("--memory", text), "x"));
}
