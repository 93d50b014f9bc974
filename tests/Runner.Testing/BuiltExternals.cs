using Xunit;

namespace Runner.Testing;

/// <summary>The Node.js for pods and containers that <c>scripts/externals.sh</c> makes: <c>artifacts/externals</c>.</summary>
public static class BuiltExternals
{
    /// <summary>Its folder, or <c>null</c> where it was not made.</summary>
    public static string? Find() => System.IO.Path.GetDirectoryName(BuiltArtifacts.Find("externals/version"));

    /// <summary>Its folder, or a skip of the test that says how to make it.</summary>
    public static string Path()
    {
        var folder = Find();
        Assert.SkipWhen(folder is null, "artifacts/externals is not there: scripts/externals.sh makes it");
        return folder;
    }
}
