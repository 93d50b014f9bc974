using Runner.Workflows.Model;

namespace Runner.Workflows.Tests.Templates;

/// <summary>An error of an expression is told where it stands in the file, whatever the style of the scalar around it.</summary>
public sealed class ExpressionPlaceTests
{
    public static TheoryData<string, string> Files => new()
    {
        // step                                                                      place
        { "run: echo ${{ secret.X }}",                                               "6:23" },
        { "run: ${{ github.ref }} ${{ env.A && secret.X }}",                         "6:45" },
        { "run: |\n          echo\n          echo ${{ secret.X }}",                 "8:20" },
        { "run: |2-\n          ${{ github.ref }}\n\n          ${{ !secret.X }}",    "9:16" },
        { "run: >\n          folded\n          ${{ format('{0}',\n          secret.X) }}", "9:11" },
        { "run: 'it''s ${{ contains(''a'', secret.X) }}'",                           "6:41" },
        { "run: \"a\\tb ${{ contains('\\\"', secret.X) }}\"",                        "6:39" },
        { "run: plain\n          goes on ${{ secret.X }}",                           "7:23" },
        { "run: ${{ }}",                                                             "6:14" },
        { "run: \"${{ github.ref\"",                                                 "6:15" },
        { "if: env.A == 'x' || secret.X\n        run: x",                            "6:29" },
        { "if: |\n          env.A &&\n          secret.X\n        run: x",           "8:11" },
        { "if: \"'it' == secret.X\"\n        run: x",                                "6:22" },
    };

    [Theory, MemberData(nameof(Files))]
    public void Error_of_an_expression_has_its_own_place(string step, string place)
    {
        var reading = WorkflowFile.Read("w.yml", $"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {step}\n");

        Assert.Equal([place], reading.Diagnostics.Select(diagnostic => $"{diagnostic.Line}:{diagnostic.Column}"));
    }

    [Fact]
    public void GitHubs_own_verdicts_name_the_beginning_of_the_scalar()
    {
        var reading = WorkflowFile.Read(
            "w.yml",
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          ${{ secret.X }}\n",
            new WorkflowReadOptions { StopsAsGitHub = true });

        Assert.Equal(["6:14"], reading.Diagnostics.Select(diagnostic => $"{diagnostic.Line}:{diagnostic.Column}"));
    }
}
