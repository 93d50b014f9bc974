namespace Runner.Integration.Tests.Agents;

/// <summary>Workers for tests: the real one where it was built, and scripts that fail as a worker can.</summary>
internal static class TestWorker
{
    /// <summary>The real worker, or a skip of the test that says how to build it.</summary>
    public static string Real()
    {
        var path = Find();
        Assert.SkipWhen(path is null, "artifacts/runner-worker is not built: run scripts/build.sh, or set RUNNER_WORKER");
        return path!; // the skip above leaves the test where it is null
    }

    /// <summary>A worker that reads its payload and then does what the shell script says; the payload is in the variable <c>payload</c>.</summary>
    public static string Script(string folder, string script)
    {
        var path = Path.Combine(folder, $"worker-{Guid.NewGuid():N}");
        File.WriteAllText(path, $"#!/bin/bash\npayload=$(cat)\noutcome=$(grep -o '\"outcome\":\"[^\"]*\"' <<<\"$payload\" | cut -d'\"' -f4)\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
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
            var candidate = Path.Combine(folder.FullName, "artifacts", "runner-worker");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
