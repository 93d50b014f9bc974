using System.Runtime.CompilerServices;
using Xunit;

namespace Runner.Testing;

/// <summary>Texts that people read, kept beside the test in a folder <c>Golden</c>. <c>UPDATE_GOLDEN=1</c> writes them anew.</summary>
public static class Golden
{
    /// <summary>Checks a text against its file.</summary>
    public static void Check(string name, string actual, [CallerFilePath] string testFile = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(testFile) ?? string.Empty, "Golden", name);
        actual = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
#pragma warning disable RS0030 // A test's switch, not a setting of the product.
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
#pragma warning restore RS0030
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? string.Empty);
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"There is no golden file {path}; run the test with UPDATE_GOLDEN=1 and look at what it wrote");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
