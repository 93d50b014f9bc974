using Runner.Jobs.Outcomes;

namespace Runner.Execution.Tests.Commands;

public sealed class IssueTests
{
    public static TheoryData<string, long, long, long, long> Places => new()
    {
        // properties                               line  endLine  col  endColumn
        { "file=f,line=3",                          3,    3,       0,   0 },
        { "file=f,line=3,endLine=5",                3,    5,       0,   0 },
        { "file=f,endLine=5",                       5,    5,       0,   0 },
        { "file=f,line=3,col=4",                    3,    3,       4,   4 },
        { "file=f,line=3,col=4,endColumn=9",        3,    3,       4,   9 },
        { "file=f,line=3,endColumn=9",              3,    3,       9,   9 },
        { "file=f,col=4,endColumn=9",               0,    0,       0,   0 }, // columns without a line
        { "file=f,line=3,endLine=5,col=1",          3,    5,       0,   0 }, // columns over several lines
        { "file=f,line=5,endLine=3",                0,    0,       0,   0 },
        { "file=f,line=3,col=9,endColumn=4",        3,    3,       0,   0 },
        { "file=f,line=x",                          0,    0,       0,   0 },
    };

    [Theory, MemberData(nameof(Places))]
    public void Place_follows_from_the_properties(string properties, long line, long endLine, long column, long endColumn)
    {
        using var step = new TestStep();

        step.Print($"::error {properties}::text");

        var issue = Assert.Single(step.Log.Annotations);
        Assert.Equal(("f", line, endLine, column, endColumn), (issue.Path, issue.StartLine, issue.EndLine, issue.StartColumn, issue.EndColumn));
    }

    [Fact]
    public void File_is_relative_to_the_workspace()
    {
        using var step = new TestStep();

        step.Print($"::error file={step.Workspace}/src/a.c::x", "::error file=src\\b.c::x", "::error file=/usr/c.h::x");

        Assert.Equal(["src/a.c", "src/b.c", "/usr/c.h"], step.Log.Annotations.Select(issue => issue.Path));
    }

    [Fact]
    public void Issue_without_a_place_points_to_its_line_in_the_log()
    {
        using var step = new TestStep();

        step.Print("one", "two", "::error::three");

        var issue = Assert.Single(step.Log.Annotations);
        Assert.Equal((3, 3, 3), (issue.StartLine, issue.EndLine, issue.StepNumber));
        Assert.Equal(3, step.Log.Lines);
    }

    [Fact]
    public void Ten_issues_of_each_level_are_kept_and_all_are_printed()
    {
        using var step = new TestStep();

        step.Print([.. Enumerable.Range(0, 12).SelectMany(i => new[] { $"::error::e{i}", $"::warning::w{i}" })]);

        Assert.Equal(24, step.Lines.Count);
        Assert.Equal(10, step.Log.Annotations.Count(issue => issue.Level == AnnotationLevel.Failure));
        Assert.Equal(10, step.Log.Annotations.Count(issue => issue.Level == AnnotationLevel.Warning));
    }

    [Fact]
    public void Message_title_and_path_are_masked_and_the_message_is_cut()
    {
        using var step = new TestStep();
        step.Job.Masker.Add("hidden");

        step.Print($"::error title=hidden t,file=hidden/f::hidden {new string('x', 5000)}");

        var issue = Assert.Single(step.Log.Annotations);
        Assert.Equal(("*** t", "***/f"), (issue.Title, issue.Path));
        Assert.Equal(4096, issue.Message.Length);
        Assert.StartsWith("*** xxx", issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_feeds_of_a_message_count_as_lines()
    {
        using var step = new TestStep();

        step.Print("::error::a%0Ab", "next");

        Assert.Equal(["##[error]a\nb", "next"], step.Lines);
        Assert.Equal(3, step.Log.Lines);
    }
}
