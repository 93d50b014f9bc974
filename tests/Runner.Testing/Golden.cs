using System.Runtime.CompilerServices;
using Xunit;

namespace Runner.Testing;

/// <summary>Texts that people read, kept beside the test in a folder <c>Golden</c>. <c>UPDATE_GOLDEN=1</c> writes them anew.</summary>
public static class Golden
{
#pragma warning disable RS0030 // A test's switch, not a setting of the product.
    private static bool IsUpdate => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";
#pragma warning restore RS0030

    /// <summary>Checks a text against its file.</summary>
    public static void Check(string name, string actual, [CallerFilePath] string testFile = "") =>
        CheckFile(Path.Combine(Path.GetDirectoryName(testFile) ?? string.Empty, "Golden", name), actual);

    /// <summary>Checks a text that is made from the sources against its file in the checkout.</summary>
    /// <param name="path">Path of the file from the root of the checkout.</param>
    /// <param name="actual">What it must be.</param>
    public static void CheckMade(string path, string actual) => CheckFile(Path.GetFullPath(Path.Combine(ThisFolder(), "../..", path)), actual);

    /// <summary>Keeps a picture for the documents, which is made anew by the same switch. It is not compared: fonts differ from machine to machine.</summary>
    /// <param name="path">Path of the file from the root of the checkout.</param>
    /// <param name="made">The picture that was made.</param>
    public static void CheckPicture(string path, string made)
    {
        const int MaxBytes = 150 * 1024; // each clone has it
        var kept = Path.GetFullPath(Path.Combine(ThisFolder(), "../..", path));
        Assert.InRange(new FileInfo(made).Length, 1, MaxBytes);
        if (IsUpdate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(kept) ?? string.Empty);
            File.Copy(made, kept, overwrite: true);
        }

        Assert.True(File.Exists(kept), $"There is no picture {kept}; run the test with UPDATE_GOLDEN=1 and look at what it made");
    }

    private static string ThisFolder([CallerFilePath] string here = "") => Path.GetDirectoryName(here) ?? string.Empty;

    private static void CheckFile(string path, string actual)
    {
        actual = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (IsUpdate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? string.Empty);
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"There is no golden file {path}; run the test with UPDATE_GOLDEN=1 and look at what it wrote");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
