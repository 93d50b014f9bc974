using Runner.Execution.Processes;
using Runner.Testing;

namespace Runner.Execution.Tests.Processes;

public sealed class ProgramFinderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ProgramFinderTests()
    {
        Directory.CreateDirectory(_folder["one"]);
        Directory.CreateDirectory(_folder["two/tool"]);
        _folder.Script("one/tool", "true");
        _folder.Script("local", "true");
        File.WriteAllText(_folder["one/text"], "not a program");
    }

    [Theory]
    [InlineData("tool", "{0}/two:{0}/one", "one/tool")] // A folder of that name is no program.
    [InlineData("tool", "one", "one/tool")]
    [InlineData("./local", "", "./local")]
    [InlineData("local", "/usr/bin:", "local")]         // An empty entry is the working directory.
    [InlineData("text", "{0}/one", null)]
    [InlineData("tool", "/usr/bin", null)]
    public void Program_is_looked_for_as_a_shell_does(string name, string path, string? found)
    {
        var result = ProgramFinder.Find(name, string.Format(System.Globalization.CultureInfo.InvariantCulture, path, _folder.FullPath), _folder.FullPath);

        Assert.Equal(found is null ? null : _folder[found], result);
    }

    public void Dispose() => _folder.Dispose();
}
