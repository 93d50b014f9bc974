using System.Security.Cryptography;
using System.Text;
using Runner.Execution.Contexts;
using Runner.Expressions.Values;
using Runner.Jobs.Tokens;
using Runner.Testing;

namespace Runner.Execution.Tests.Globbing;

public sealed class HashFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public HashFilesTests()
    {
        foreach (var file in (string[])["a.txt", "b.lock", ".hidden", "src/one.cs", "src/two.cs", "src/deep/three.cs", "src/deep/x.lock", "node_modules/m/y.lock", "odd[1].txt", "B/z"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder["work/" + file]) ?? "");
            File.WriteAllText(_folder["work/" + file], "content of " + file);
        }

        File.WriteAllText(_folder["outside.lock"], "x");
        File.CreateSymbolicLink(_folder["work/link"], _folder["work/src"]);
        File.CreateSymbolicLink(_folder["work/src/loop"], _folder["work/src"]);
    }

    public static TheoryData<string[], string[]> Patterns => new()
    {
        // patterns                                     files in the order they are hashed
        { ["a.txt"],                                    ["a.txt"] },
        { ["*.lock"],                                   ["b.lock"] },
        { ["**/*.lock"],                                ["b.lock", "node_modules/m/y.lock", "src/deep/x.lock"] },
        { ["**/*.lock", "!node_modules/**"],            ["b.lock", "src/deep/x.lock"] },
        { ["**/*.lock\n!**/deep"],                      ["b.lock", "node_modules/m/y.lock"] },
        { ["**/*.lock", "!**", "b.lock"],               ["b.lock"] },
        { ["!!a.txt"],                                  ["a.txt"] },
        { ["src"],                                      ["src/deep/three.cs", "src/deep/x.lock", "src/one.cs", "src/two.cs"] },
        { ["src/"],                                     ["src/deep/three.cs", "src/deep/x.lock", "src/one.cs", "src/two.cs"] },
        { ["src/*"],                                    ["src/deep/three.cs", "src/deep/x.lock", "src/one.cs", "src/two.cs"] },
        { ["src/*.cs"],                                 ["src/one.cs", "src/two.cs"] },
        { ["src/?wo.cs"],                               ["src/two.cs"] },
        { ["src/[!t]*.cs"],                             ["src/one.cs"] },
        { ["./src/o[l-p]e.cs"],                         ["src/one.cs"] },
        { ["odd\\[1].txt"],                             ["odd[1].txt"] },
        { ["odd[1.txt"],                                [] }, // no class: a bracket like other characters
        { ["src/[\\o]ne.cs"],                           ["src/one.cs"] },
        { ["src/[^t]*.cs"],                             ["src/one.cs"] },
        { ["src/[]o]ne.cs"],                            ["src/one.cs"] },
        { ["src/[o-]ne.cs"],                            ["src/one.cs"] },
        { ["a.txt*"],                                   ["a.txt"] },
        { ["a.txt?"],                                   [] },
        { ["~/x", "a.txt"],                             ["a.txt"] }, // of the home folder, which is not in the workspace
        { ["."],                                        [".hidden", "B/z", "a.txt", "b.lock", "node_modules/m/y.lock", "odd[1].txt", "src/deep/three.cs", "src/deep/x.lock", "src/one.cs", "src/two.cs"] },
        { [".h*"],                                      [".hidden"] },
        { ["*"],                                        [".hidden", "B/z", "a.txt", "b.lock", "node_modules/m/y.lock", "odd[1].txt", "src/deep/three.cs", "src/deep/x.lock", "src/one.cs", "src/two.cs"] },
        { ["src/two.cs", "a.txt"],                      ["src/two.cs", "a.txt"] },
        { ["# a comment\n\n  a.txt  "],                 ["a.txt"] },
        { ["a.txt/"],                                   [] },
        { ["no/such/*"],                                [] },
        { ["../outside.lock".Replace("../", "")],       [] },
        { ["--follow-symbolic-links", "link/*.cs"],     ["link/one.cs", "link/two.cs"] },
        { ["link/*.cs"],                                [] },
    };

    [Theory, MemberData(nameof(Patterns))]
    public void Hash_is_that_of_the_chosen_files_in_order(string[] patterns, string[] files) => Assert.Equal(Expected(files), Compute(patterns));

    [Fact]
    public void Absolute_pattern_works_and_what_lies_outside_is_left_out() =>
        Assert.Equal(Expected(["a.txt"]), Compute(_folder["work/a.txt"], _folder["outside.lock"]));

    [Theory]
    [InlineData("a/../b", "hashFiles('a/../b') failed. Fail to hash files under directory '{0}': Invalid pattern 'a/../b'. Relative pathing '..' is not allowed.")]
    [InlineData("--unknown", "Invalid glob option --unknown, available option: '--follow-symbolic-links'.")]
    public void Pattern_that_is_not_valid_is_explained(string pattern, string message)
    {
        var error = Assert.Throws<ExpressionException>(() => Compute(pattern));

        Assert.Equal(message.Replace("{0}", _folder["work"], StringComparison.Ordinal), error.Message);
    }

    [Fact]
    public void Home_of_a_job_that_has_none_is_asked_for() => Assert.EndsWith(
        "The pattern '~/x' needs a home folder, and there is none",
        Assert.Throws<ExpressionException>(() => new HashFiles(_folder["work"], home: null, TimeProvider.System).Compute([new StringValue("~/x")])).Message,
        StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private static string Expected(string[] files) => files.Length == 0
        ? ""
        : Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(file => SHA256.HashData(
            Encoding.UTF8.GetBytes("content of " + file.Replace("link/", "src/", StringComparison.Ordinal))))]));

    private string Compute(params string[] patterns) => new HashFiles(_folder["work"], _folder["home"], TimeProvider.System)
        .Compute([.. patterns.Select(pattern => new StringValue(pattern))]).ToText();

    [Theory(Timeout = 60_000)]
    [InlineData("mkfifo")]
    [InlineData("ln -s /dev/zero")]
    public async Task Device_among_the_files_is_refused_and_not_read_for_ever(string make)
    {
        using var job = await TestJob.OfAsync(
            Some.Script($"{make} x.bin"), Some.Script("echo never", env: Some.Mapping(("H", new ExpressionToken("hashFiles('*.bin')")))));

        Assert.EndsWith("x.bin' is a device or a pipe, expected a file", Assert.Single(job.AllLines(1)), StringComparison.Ordinal);
    }
}
