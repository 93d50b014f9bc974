using Runner.Cli.Running;

namespace Runner.Cli.Tests.Running;

public sealed class ArtifactFoldersTests
{
    public static TheoryData<string[], string[]> Paths => new()
    {
        { [".github/workflows/ci.yml", ".github/workflows/deep/docs.yaml"],                        ["ci", "docs"] },
        { [".github/workflows/a.yml", ".github/workflows/a.yaml", ".github/workflows/s/a.yml"],    ["a.yml", "a.yaml", "s/a.yml"] },
        { [".github/workflows/a.yml", ".github/workflows/s/A.yml", ".github/workflows/b.yml"],     ["a.yml", "s/A.yml", "b"] },
        { ["../x.yml", "ci/x.yml"],                                                                ["_/x.yml", "ci/x.yml"] },
    };

    [Theory, MemberData(nameof(Paths))]
    public void Workflows_share_no_folder(string[] paths, string[] names)
    {
        var found = ArtifactFolders.NamesOf([.. paths, paths[0]]);

        Assert.Equal(names, paths.Select(path => found[path]));
    }
}
