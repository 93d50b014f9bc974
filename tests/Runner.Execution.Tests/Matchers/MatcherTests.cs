using Runner.Execution.Matchers;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Execution.Tests.Matchers;

public sealed class MatcherTests : IDisposable
{
    private const string Simple = """
        {"problemMatcher":[{"owner":"cc","severity":"warning","pattern":[
          {"regexp":"^(.+):(\\d+):(\\d+): (error|note|fatal)?: ?(.*)$","file":1,"line":2,"column":3,"severity":4,"message":5}]}]}
        """;

    private const string Loop = """
        {"problemMatcher":[{"owner":"lint","pattern":[
          {"regexp":"^(\\S+\\.js)$","file":1},
          {"regexp":"^  (\\d+):(\\d+)  (error|warning)  (.*)$","line":1,"column":2,"severity":3,"message":4,"loop":true}]}]}
        """;

    private readonly TestStep _step = new();

    public static TheoryData<string, string> Invalid => new()
    {
        { "[]", "Expected an object with the list 'problemMatcher'" },
        { """{"problemMatcher":[{"owner":""}]}""", "Owner must not be empty" },
        { """{"problemMatcher":[{"owner":"x"}]}""", "Matcher 'x' does not contain any patterns" },
        { """{"problemMatcher":[{"owner":"x","severity":"bad","pattern":[{"regexp":"(a)","message":1}]}]}""", "Matcher 'x' contains unexpected severity 'bad'. Expected: error, warning or notice" },
        { """{"problemMatcher":[{"owner":"x","pattern":[{"regexp":"(a)","message":2}]}]}""", "Matcher 'x': the property 'message' is set to group 2, but the expression has groups 0 to 1" },
        { """{"problemMatcher":[{"owner":"x","pattern":[{"regexp":"(a)","file":1}]}]}""", "Matcher 'x': at least one pattern must set 'message'" },
        { """{"problemMatcher":[{"owner":"x","pattern":[{"regexp":"(a)","message":1},{"regexp":"(b)","message":1}]}]}""", "Matcher 'x': the property 'message' is set twice" },
        { """{"problemMatcher":[{"owner":"x","pattern":[{"regexp":"(a)","message":1,"loop":true}]}]}""", "Matcher 'x': only the last one of several patterns may have 'loop', and it must set 'message'" },
        { """{"problemMatcher":[{"owner":"x","pattern":[{"regexp":"(a)","message":"1"}]}]}""", "Matcher 'x': the property 'message' must be the number of a group, not \"1\"" },
        { """{"problemMatcher":[{"owner":"x","pattern":[{"message":1}]}]}""", "Matcher 'x' has a pattern without 'regexp'" },
        { """{"problemMatcher":[{"owner":"x","pattern":[{"regexp":"(a)","message":1}]},{"owner":"X","pattern":[{"regexp":"(a)","message":1}]}]}""", "Duplicate owner name 'x'" },
    };

    [Theory, MemberData(nameof(Invalid))]
    public void File_that_is_not_valid_is_refused_with_the_reason(string json, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => MatcherFile.Read(json, TimeSpan.FromSeconds(1)));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("{", "It is no JSON: ")]
    [InlineData("""{"problemMatcher":[{"owner":"x","pattern":[{"regexp":"(a","message":1}]}]}""", "Matcher 'x': Invalid pattern '(a'")]
    public void Reason_of_the_reader_is_handed_on(string json, string start) =>
        Assert.StartsWith(start, Assert.Throws<InvalidDataException>(() => MatcherFile.Read(json, TimeSpan.FromSeconds(1))).Message, StringComparison.Ordinal);

    [Fact]
    public void Line_that_matches_becomes_an_annotation_with_its_file_relative_to_the_repository()
    {
        WriteRepository();
        Add(Simple);

        _step.Print("src/a.c:3:7: : old thing", "src/a.c:4:1: error: broken", "none.c:5:1: fatal: unknown severity", "/etc/passwd:1:1: : not ours", "plain");

        Assert.Equal(
            ["##[warning]src/a.c:3:7: : old thing", "##[error]src/a.c:4:1: error: broken", "none.c:5:1: fatal: unknown severity", "##[warning]/etc/passwd:1:1: : not ours", "plain"],
            _step.Lines);
        Assert.Equal(
            [(AnnotationLevel.Warning, "old thing", "src/a.c", 3L, 7L), (AnnotationLevel.Failure, "broken", "src/a.c", 4L, 1L), (AnnotationLevel.Warning, "not ours", null, 1L, 1L)],
            _step.Log.Annotations.Select(a => (a.Level, a.Message, a.Path, a.StartLine, a.StartColumn)));
    }

    [Fact]
    public void Loop_gives_an_issue_for_each_line_until_one_does_not_match()
    {
        Add(Loop);

        _step.Print("a.js", "  1:2  error  first", "  3:4  warning  second", "", "  5:6  error  no file before it");

        Assert.Equal(["a.js", "##[error]  1:2  error  first", "##[warning]  3:4  warning  second", "", "  5:6  error  no file before it"], _step.Lines);
    }

    [Fact]
    public void Newest_matcher_looks_first_and_one_of_the_same_owner_takes_the_place_of_the_old()
    {
        Add("""{"problemMatcher":[{"owner":"a","pattern":[{"regexp":"^x (.*)$","message":1}]}]}""");
        Add("""{"problemMatcher":[{"owner":"b","severity":"notice","pattern":[{"regexp":"^x (.*)$","message":1}]}]}""");
        _step.Print("x both");
        Add("""{"problemMatcher":[{"owner":"b","severity":"warning","pattern":[{"regexp":"^x new (.*)$","message":1}]}]}""");
        _step.Print("x new y", "x old y");
        _step.Print("::remove-matcher owner=b::", "x new z", "::remove-matcher::", "::remove-matcher owner=a::", "x plain");

        Assert.Equal(
            [
                "##[notice]x both", "##[warning]x new y", "##[error]x old y", "##[error]x new z",
                "##[warning]Either a matcher owner or a file path must be specified, and not both.", "x plain",
            ],
            _step.Lines);
    }

    [Fact]
    public void Path_of_the_project_says_where_relative_files_start()
    {
        WriteRepository();
        Add("""{"problemMatcher":[{"owner":"a","fromPath":"src/project.csproj","pattern":[{"regexp":"^(\\S+): (.*)$","file":1,"message":2}]}]}""");

        _step.Print("a.c: broken");

        Assert.Equal("src/a.c", Assert.Single(_step.Log.Annotations).Path);
    }

    [Fact]
    public void File_of_matchers_that_is_not_there_fails_the_step_and_says_so()
    {
        _step.Print("::add-matcher::none.json", "::add-matcher::");

        Assert.True(_step.Scope.HasFailedByCommand);
        Assert.Equal("##[error]Unable to process command '::add-matcher::none.json' successfully.", _step.Lines[0]);
        Assert.StartsWith("##[error]Issue matcher file 'none.json': ", _step.Lines[1], StringComparison.Ordinal);
        Assert.Equal("##[warning]File path must be specified.", _step.Lines[2]);
    }

    [Fact]
    public void Expression_that_takes_too_long_is_removed_after_three_tries()
    {
        using var quick = new TestStep(workerEnvironment: new Dictionary<string, string> { ["GITHUB_ACTIONS_RUNNER_ISSUE_MATCHER_TIMEOUT"] = "00:00:00.02" });
        Add("""{"problemMatcher":[{"owner":"slow","pattern":[{"regexp":"^(([a-z])+.)+[A-Z]([a-z])+$","message":1}]}]}""", quick);

        quick.Print(new string('a', 2000), new string('a', 2000));

        Assert.StartsWith("##[warning]Removing issue matcher 'slow'. Matcher failed 3 times. Error: ", quick.Lines[0], StringComparison.Ordinal);
        Assert.Equal(3, quick.Lines.Count);
    }

    [Fact(Timeout = 120_000)]
    public Task Time_for_a_line_of_megabytes_grows_with_its_length() => Task.Run(() =>
    {
        Add(Simple);

        Growth.AssertLinear(length => _step.Print(new string('a', length)), 2_500_000);
    }, TestContext.Current.CancellationToken);

    [Fact(Timeout = 120_000)]
    public Task No_output_makes_matchers_throw_or_lose_a_line() => Task.Run(() =>
    {
        Add("""
            {"problemMatcher":[
              {"owner":"loop","severity":"notice","pattern":[{"regexp":"^File (.+)$","file":1},{"regexp":"^ (\\d+):(\\S*) (.*)$","line":1,"severity":2,"message":3,"loop":true}]},
              {"owner":"three","pattern":[{"regexp":"^a(.*)","file":1},{"regexp":"b(\\d*)","line":1},{"regexp":"c(.*)","message":1}]},
              {"owner":"all","pattern":[{"regexp":"(error|warning)[: ](.*)","severity":1,"message":2}]}]}
            """);
        string[] pieces = ["File ", "a", "b1", "b99999999999999", "c", " 7:", "error", "warning", ": ", " text", "\0", "é", "../x", "/etc/passwd", "\u001b[31m", "\ud800"];
        var random = new Random(41);
        for (var round = 0; round < 5_000; round++)
        {
            var printed = _step.Lines.Count;

            _step.Print(string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)])));

            Assert.Equal(printed + 1, _step.Lines.Count);
        }

        Assert.NotEmpty(_step.Log.Annotations);
        Assert.All(_step.Log.Annotations, annotation => Assert.Null(annotation.Path));
    }, TestContext.Current.CancellationToken);

    [Theory(Timeout = 60_000)]
    [InlineData("[core]\n", true, "src/a.c")]
    [InlineData(null, true, "src/a.c")]
    [InlineData("[remote \"origin\"]\nurl = ssh://git@git.example/mine.git\n", true, "src/a.c")]
    [InlineData("[core]\n", false, null)]
    public async Task Workspace_of_a_local_run_is_its_repository_whatever_its_remotes(string? config, bool isLocal, string? path)
    {
        using var job = new TestJob().WithFile("src/a.c", "").WithFile("cc.json", Simple);
        if (config is not null)
        {
            job.WithFile(".git/config", config);
        }

        await job.RunAsync(Some.Payload(
            Some.Job() with { Steps = [Some.Script("echo ::add-matcher::cc.json; echo 'src/a.c:3:7: error: broken'")] }, job.Folder) with
            {
                Reporting = isLocal ? ReportingTarget.Launcher : ReportingTarget.GitHub,
            });

        Assert.Equal(path, Assert.Single(job.Steps[0].Annotations).Path);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("mkfifo")]
    [InlineData("ln -s /dev/zero")]
    public async Task Device_in_the_place_of_a_file_of_matchers_is_refused(string make)
    {
        using var job = await TestJob.OfAsync(Some.Script($"{make} m.json; echo ::add-matcher::m.json"));

        Assert.Equal(Conclusion.Failed, job.Steps[0].Conclusion);
        Assert.Contains(job.AllLines(0), line => line.EndsWith("m.json' is a device or a pipe, expected a file", StringComparison.Ordinal));
    }

    public void Dispose() => _step.Dispose();

    private void Add(string json, TestStep? step = null)
    {
        step ??= _step;
        Directory.CreateDirectory(step.Workspace);
        File.WriteAllText(Path.Combine(step.Workspace, "matchers.json"), json);
        step.Print("::add-matcher::matchers.json");
        Assert.DoesNotContain(step.Lines, line => line.StartsWith("##[error]Unable", StringComparison.Ordinal));
    }

    private void WriteRepository()
    {
        Directory.CreateDirectory(Path.Combine(_step.Workspace, ".git"));
        Directory.CreateDirectory(Path.Combine(_step.Workspace, "src"));
        File.WriteAllText(Path.Combine(_step.Workspace, ".git/config"), "[remote \"origin\"]\n\turl = https://github.com/\n");
        File.WriteAllText(Path.Combine(_step.Workspace, "src/a.c"), "");
    }
}
