using System.Runtime.CompilerServices;
using Xunit;

namespace Runner.Testing;

/// <summary>Texts that people read, kept beside the test in a folder <c>Golden</c>. <c>UPDATE_GOLDEN=1</c> writes them anew.</summary>
public static class Golden
{
    /// <summary>Checks a text against its file.</summary>
    public static void Check(string name, string actual, [CallerFilePath] string testFile = "") =>
        CheckFile(Path.Combine(Path.GetDirectoryName(testFile) ?? string.Empty, "Golden", name), actual);

    /// <summary>Checks a text that is made from the sources against its file in the checkout.</summary>
    /// <param name="path">Path of the file from the root of the checkout.</param>
    /// <param name="actual">What it must be.</param>
    public static void CheckMade(string path, string actual) => CheckFile(Path.GetFullPath(Path.Combine(ThisFolder(), "../..", path)), actual);

    private static string ThisFolder([CallerFilePath] string here = "") => Path.GetDirectoryName(here) ?? string.Empty;

    private static void CheckFile(string path, string actual)
    {
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
