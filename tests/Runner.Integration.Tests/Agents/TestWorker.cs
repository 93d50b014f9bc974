using Runner.Testing;

namespace Runner.Integration.Tests.Agents;

/// <summary>Workers for tests: the real one where it was built, and scripts that fail as a worker can.</summary>
internal static class TestWorker
{
    /// <summary>The real worker, or a skip of the test that says how to build it.</summary>
    public static string Real() => BuiltWorker.Path();

    /// <summary>A worker that reads its payload and then does what the shell script says; the payload is in the variable <c>payload</c>.</summary>
    public static string Script(string folder, string script)
    {
        var path = Path.Combine(folder, $"worker-{Guid.NewGuid():N}");
        File.WriteAllText(path, $"#!/bin/bash\npayload=$(cat)\noutcome=$(grep -o '\"outcome\":\"[^\"]*\"' <<<\"$payload\" | cut -d'\"' -f4)\n{StandIn.Outcome}\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
