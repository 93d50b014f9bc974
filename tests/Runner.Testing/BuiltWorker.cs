using Xunit;

namespace Runner.Testing;

/// <summary>The real worker, as <c>scripts/build.sh</c> makes it.</summary>
public static class BuiltWorker
{
    /// <summary>Its path: <c>RUNNER_WORKER</c>, else <c>artifacts/runner-worker</c> of the repository; else the test is skipped and says how to build it.</summary>
    public static string Path()
    {
        var path = Find();
        Assert.SkipWhen(path is null, "artifacts/runner-worker is not built: run scripts/build.sh, or set RUNNER_WORKER");
        return path!; // the skip above leaves the test where it is null
    }

    private static string? Find()
    {
#pragma warning disable RS0030 // tests take their environment directly
        var named = Environment.GetEnvironmentVariable("RUNNER_WORKER");
#pragma warning restore RS0030
        return string.IsNullOrEmpty(named) ? BuiltArtifacts.Find("runner-worker") : named;
    }
}
