using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.FileCommands;

public sealed class StepFilesTests
{
    [Fact]
    public void Files_are_new_for_each_step_and_empty()
    {
        using var step = new TestStep();

        var first = step.CreateFiles().Paths.ToList();
        var second = step.CreateFiles().Paths.ToList();

        Assert.Equal(["path", "env", "output", "state", "step_summary"], first.Select(file => file.Key));
        Assert.Empty(first.Select(file => file.Value).Intersect(second.Select(file => file.Value)));
        Assert.All(first, file => Assert.Empty(File.ReadAllBytes(file.Value)));
    }

    [Fact]
    public void Untouched_files_become_those_of_a_later_step()
    {
        using var step = new TestStep();
        var first = step.CreateFiles();
        var paths = first.Paths.ToDictionary();
        File.WriteAllText(paths["output"], "O=1");
        File.Delete(paths["state"]);
        File.Delete(paths["env"]);
        File.CreateSymbolicLink(paths["env"], "/dev/null");
        File.Delete(paths["path"]);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [paths["path"]]))
        {
            mkfifo.WaitForExit();
        }

        first.Run(step.Scope);
        var second = step.CreateFiles().Paths.ToDictionary();

        Assert.All(second.Values, path => Assert.True(new FileInfo(path) is { Exists: true, Length: 0, LinkTarget: null }));
        Assert.Empty(second.Values.Intersect(paths.Values));
        Assert.Equal([paths["path"], paths["env"], paths["output"]], paths.Values.Where(File.Exists).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_file_does_its_own()
    {
        using var step = new TestStep();

        Run(step, ("env", "A=1\nB<<E\nx\ny\nE\n"), ("path", "/one\n\n/two\n/one\n"), ("output", "O=1\nO=2"), ("state", "S=s"), ("step_summary", "# Title\n"));

        Assert.Empty(step.Lines);
        Assert.Equal(["A=1", "B=x\ny"], step.Scope.Shared.Variables.Select(variable => $"{variable.Key}={variable.Value}"));
        Assert.Equal(["/one", "/two"], step.Scope.Shared.Paths);
        Assert.Equal("2", step.Scope.Outputs["O"]);
        Assert.Equal("s", step.Scope.State["S"]);
        Assert.Equal("# Title\n", step.Reporter.Summaries[step.Scope.Id]);
    }

    [Fact]
    public void Pairs_before_an_error_count_and_other_files_are_still_read()
    {
        using var step = new TestStep();

        Run(step, ("env", "A=1\nnonsense\nB=2"), ("output", "O=1"));

        Assert.Equal(["A"], step.Scope.Shared.Variables.Keys);
        Assert.Equal("1", step.Scope.Outputs["O"]);
        Assert.True(step.Scope.HasFailedByCommand);
        Assert.Equal("##[error]Unable to process file command 'env' successfully.", step.Lines[0]);
        Assert.StartsWith("##[error]Invalid format 'nonsense'", step.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_variable_is_an_error_that_does_not_fail_the_step()
    {
        using var step = new TestStep();

        Run(step, ("env", "NODE_OPTIONS=--require=/tmp/x\nA=1"));

        Assert.Equal(["A"], step.Scope.Shared.Variables.Keys);
        Assert.Equal(["##[error]Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."], step.Lines);
        Assert.False(step.Scope.HasFailedByCommand);
    }

    [Fact]
    public void Summary_is_masked_line_by_line()
    {
        using var step = new TestStep();
        step.Job.Masker.Add("hidden");

        Run(step, ("step_summary", "a hidden\n\nhidden\nend"));

        Assert.Equal("a ***\n\n***\nend", step.Reporter.Summaries[step.Scope.Id]);
    }

    [Theory]
    [InlineData(1024 * 1024, true)]
    [InlineData(1024 * 1024 + 1, false)]
    public void Summary_beyond_a_mebibyte_is_not_uploaded(int size, bool isUploaded)
    {
        using var step = new TestStep();

        Run(step, ("step_summary", new string('x', size)));

        Assert.Equal(isUploaded, step.Reporter.Summaries.ContainsKey(step.Scope.Id));
        Assert.Equal(isUploaded, step.Lines.Count == 0);
        Assert.False(step.Scope.HasFailedByCommand);
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        // file      content            what the log says
        { "output", "=v",              "An output must have a name, the one with the value 'v' has none" },
        { "env",    "=v",              "A variable must have a name, the one with the value 'v' has none" },
        { "env",    "A=a\0b",          "The variable 'A' holds a NUL character (\\0), which no process can be given" },
        { "env",    "A\0=b",           "The variable 'A\\0' holds a NUL character (\\0), which no process can be given" },
        { "env",    "A<<E\na\0b\nE",   "The variable 'A' holds a NUL character (\\0), which no process can be given" },
        { "state",  "S=a\0b",          "The state 'S' holds a NUL character (\\0), which no process can be given" },
        { "path",   "/a\0b",           "The folder for PATH holds a NUL character (\\0), which no process can be given" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_no_later_step_could_bear_fails_the_step_that_says_it(string file, string content, string message)
    {
        using var step = new TestStep();

        Run(step, (file, content));

        Assert.Equal([$"##[error]Unable to process file command '{file}' successfully.", $"##[error]{message}"], step.Lines);
        Assert.True(step.Scope.HasFailedByCommand);
        Assert.Empty(step.Scope.Shared.Variables);
        Assert.Empty(step.Scope.Shared.Paths);
        Assert.Empty(step.Scope.State);
    }

    [Theory]
    [InlineData("env", "", "B")]
    [InlineData("output", "", "B")]
    [InlineData("state", "", "")]
    public void Value_may_be_empty_and_a_state_may_have_no_name(string file, string name, string other)
    {
        using var step = new TestStep();

        Run(step, (file, file == "state" ? $"{name}=v" : $"{other}="));

        Assert.Empty(step.Lines);
        Assert.False(step.Scope.HasFailedByCommand);
    }

    public static TheoryData<string, string, bool> Replacements
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var file in (string[])["path", "env", "output", "state", "step_summary", "artifacts"])
            {
                // A folder counts as nothing where GitHub's runner asks whether there is a file.
                data.Add(file, "mkdir $F", file is "env" or "output" or "state");
                data.Add(file, "mkfifo $F", true);
                data.Add(file, "ln -s /dev/zero $F", true);
                data.Add(file, "ln -s /dev/null $F", true);
                data.Add(file, "ln -s $F $F", true);
                data.Add(file, "truncate -s 1T $F", file != "step_summary");
                data.Add(file, "ln -s $F.missing $F", false);
                data.Add(file, "touch $F", false);
            }

            return data;
        }
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Replacements))]
    public async Task Whatever_stands_in_the_place_of_a_file_neither_holds_the_job_up_nor_ends_it(string file, string command, bool fails)
    {
        using var job = new TestJob();
        job.Environment["ACTIONS_RUNNER_ALLOW_ARTIFACTS_FILE"] = "true";
        var variable = $"GITHUB_{file.ToUpperInvariant()}";

        await job.RunAsync(
            Some.Script($"F=${variable}; rm $F; {command}", id: "bad"),
            Some.Script("echo always; echo O=1 >> $GITHUB_OUTPUT; echo A=1 >> $GITHUB_ENV", id: "next", condition: "always()"),
            Some.Script("echo $A ${{ x }}".Replace("${{ x }}", "$O", StringComparison.Ordinal), condition: "always()", env: Some.Mapping(("O", new ExpressionToken("steps.next.outputs.O")))));

        Assert.Equal(fails ? Conclusion.Failed : Conclusion.Succeeded, job.Steps[0].Conclusion);
        Assert.Equal([Conclusion.Succeeded, Conclusion.Succeeded], job.Steps.Skip(1).Select(step => step.Conclusion));
        Assert.Equal(["1 1"], job.Output(2));
        if (fails)
        {
            Assert.Contains($"##[error]Unable to process file command '{file}' successfully.", job.AllLines(0));
        }
    }

    [Fact]
    public void File_that_the_step_removed_is_like_an_empty_one()
    {
        using var step = new TestStep();
        var files = step.CreateFiles();
        Array.ForEach(files.Paths.ToArray(), file => File.Delete(file.Value));

        files.Run(step.Scope);

        Assert.Empty(step.Lines);
    }

    private static void Run(TestStep step, params (string Name, string Content)[] contents)
    {
        var files = step.CreateFiles();
        foreach (var (name, content) in contents)
        {
            File.WriteAllText(files.Paths.Single(file => file.Key == name).Value, content);
        }

        files.Run(step.Scope);
    }
}
