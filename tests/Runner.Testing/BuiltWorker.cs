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
        if (!string.IsNullOrEmpty(named))
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "artifacts", "runner-worker");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
