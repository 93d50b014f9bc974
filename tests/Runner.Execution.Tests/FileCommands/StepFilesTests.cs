using Runner.Execution.FileCommands;

namespace Runner.Execution.Tests.FileCommands;

public sealed class StepFilesTests
{
    [Fact]
    public void Files_are_new_for_each_step_and_empty()
    {
        using var step = new TestStep();

        var first = StepFiles.Create(step.Job).Paths.ToList();
        var second = StepFiles.Create(step.Job).Paths.ToList();

        Assert.Equal(["path", "env", "output", "state", "step_summary"], first.Select(file => file.Key));
        Assert.Empty(first.Select(file => file.Value).Intersect(second.Select(file => file.Value)));
        Assert.All(first, file => Assert.Empty(File.ReadAllBytes(file.Value)));
    }

    [Fact]
    public void Untouched_files_become_those_of_a_later_step()
    {
        using var step = new TestStep();
        var first = StepFiles.Create(step.Job);
        var paths = first.Paths.ToDictionary();
        File.WriteAllText(paths["output"], "O=1");
        File.Delete(paths["state"]);
        File.Delete(paths["env"]);
        File.CreateSymbolicLink(paths["env"], "/dev/null");

        first.Run(step.Scope);
        var second = StepFiles.Create(step.Job).Paths.ToDictionary();

        Assert.All(second.Values, path => Assert.True(new FileInfo(path) is { Exists: true, Length: 0, LinkTarget: null }));
        Assert.Empty(second.Values.Intersect(paths.Values));
        Assert.Equal([paths["env"], paths["output"]], paths.Values.Where(File.Exists).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_file_does_its_own()
    {
        using var step = new TestStep();

        Run(step, ("env", "A=1\nB<<E\nx\ny\nE\n"), ("path", "/one\n\n/two\n/one\n"), ("output", "O=1\nO=2"), ("state", "S=s"), ("step_summary", "# Title\n"));

        Assert.Empty(step.Lines);
        Assert.Equal(["A=1", "B=x\ny"], step.Job.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
        Assert.Equal(["/one", "/two"], step.Job.Shared.Paths);
        Assert.Equal("2", step.Scope.Outputs["O"]);
        Assert.Equal("s", step.Scope.State["S"]);
        Assert.Equal("# Title\n", step.Reporter.Summaries[step.Scope.Id]);
    }

    [Fact]
    public void Pairs_before_an_error_count_and_other_files_are_still_read()
    {
        using var step = new TestStep();

        Run(step, ("env", "A=1\nnonsense\nB=2"), ("output", "O=1"));

        Assert.Equal(["A"], step.Job.Environment.Keys);
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

        Assert.Equal(["A"], step.Job.Environment.Keys);
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

    [Fact]
    public void File_that_the_step_removed_is_like_an_empty_one()
    {
        using var step = new TestStep();
        var files = StepFiles.Create(step.Job);
        Array.ForEach(files.Paths.ToArray(), file => File.Delete(file.Value));

        files.Run(step.Scope);

        Assert.Empty(step.Lines);
    }

    private static void Run(TestStep step, params (string Name, string Content)[] contents)
    {
        var files = StepFiles.Create(step.Job);
        foreach (var (name, content) in contents)
        {
            File.WriteAllText(files.Paths.Single(file => file.Key == name).Value, content);
        }

        files.Run(step.Scope);
    }
}
