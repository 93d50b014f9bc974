using System.Diagnostics;
using System.Text.Json.Nodes;
using Runner.Testing;

namespace Runner.Services.Tests.Npm;

/// <summary>Runs a JavaScript program of this folder with GitHub's own packages, which <c>scripts/npm-clients.sh</c> installs.</summary>
internal static class NpmProgram
{
    /// <summary>Runs a program with the environment that a job's steps have; gives what it printed after <c>SEEN</c>.</summary>
    public static async Task<JsonObject> RunAsync(string name, Uri services, string token, TempFolder folder, Uri? caches = null)
    {
        Assert.SkipUnless(NpmPackages.Has("@actions/artifact"), NpmPackages.SkipReason);
        Directory.CreateSymbolicLink(folder["node_modules"], NpmPackages.Modules);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Npm", name), folder[name]);
        Directory.CreateDirectory(folder["tmp"]);
        var start = new ProcessStartInfo(NpmPackages.Node, [name])
        {
            WorkingDirectory = folder.FullPath,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ACTIONS_RESULTS_URL"] = services.AbsoluteUri,
                ["ACTIONS_CACHE_URL"] = (caches ?? services).AbsoluteUri,
                ["ACTIONS_RUNTIME_URL"] = services.AbsoluteUri,
                ["ACTIONS_RUNTIME_TOKEN"] = token,
                ["GITHUB_SERVER_URL"] = "https://github.com",
                ["GITHUB_WORKSPACE"] = folder.FullPath,
                ["GITHUB_REPOSITORY"] = "acme/site",
                ["GITHUB_REF"] = "refs/heads/main",
                ["RUNNER_TEMP"] = folder["tmp"],
            },
        };
        start.Environment["ACTIONS_CACHE_SERVICE_V2"] = name.Contains("-v1", StringComparison.Ordinal) ? string.Empty : "True";
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith("SEEN ", StringComparison.Ordinal));
        Assert.True(node.ExitCode == 0 && line is not null, $"exit code {node.ExitCode}\n{output}\n{await errors}");
        return JsonNode.Parse(line!["SEEN ".Length..])!.AsObject();
    }
}
