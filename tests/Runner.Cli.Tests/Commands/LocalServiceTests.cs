using System.IO.Compression;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

/// <summary>Artifacts and caches in local runs, by the real worker, Node and GitHub's own packages for actions.</summary>
public sealed class LocalServiceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public LocalServiceTests()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/node"), "Node is not installed");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Modules, "@actions")), $"GitHub's npm packages are not in {Modules}: run scripts/npm-clients.sh");
        Directory.CreateDirectory(_folder["app/.github/workflows"]);
        Directory.CreateDirectory(_folder["app/upload"]);
        Write("app/.actrc", $"host:\n  worker: {BuiltWorker.Path()}\n  root: {_folder["jobs"]}\n");
        Write("app/upload/action.yml", "name: Upload\nruns: {using: node20, main: index.mjs}\n");
        Write("app/upload/index.mjs", $$"""
            import { DefaultArtifactClient } from '{{Modules}}/@actions/artifact/lib/artifact.js'
            import * as cache from '{{Modules}}/@actions/cache/lib/cache.js'
            import { writeFileSync, mkdirSync, readFileSync } from 'node:fs'
            mkdirSync('out', { recursive: true })
            writeFileSync('out/result.txt', 'built')
            await new DefaultArtifactClient().uploadArtifact('build', ['out/result.txt'], 'out')
            const hit = await cache.restoreCache(['deps'], 'deps-1')
            console.log(hit ? `restored ${readFileSync('deps/lib', 'utf8')}` : 'nothing to restore')
            if (!hit) {
              mkdirSync('deps', { recursive: true })
              writeFileSync('deps/lib', 'of the first run')
              await cache.saveCache(['deps'], 'deps-1')
            }
            """);
        Write("app/download/action.yml", "name: Download\nruns: {using: node20, main: index.mjs}\n");
        Write("app/download/index.mjs", $$"""
            import { DefaultArtifactClient } from '{{Modules}}/@actions/artifact/lib/artifact.js'
            import { readFileSync } from 'node:fs'
            const client = new DefaultArtifactClient()
            const { artifact } = await client.getArtifact('build')
            await client.downloadArtifact(artifact.id, { path: 'in' })
            console.log(`downloaded ${readFileSync('in/result.txt', 'utf8')}`)
            """);
        Write("app/.github/workflows/ci.yml", """
            on: push
            jobs:
              build:
                runs-on: ubuntu-latest
                steps: [{uses: ./upload}]
              test:
                needs: build
                runs-on: ubuntu-latest
                steps:
                  - uses: ./download
                  - run: 'echo "script has ${ACTIONS_RESULTS_URL:+results} ${ACTIONS_CACHE_URL:+caches} ${ACTIONS_RUNTIME_TOKEN:+token}"'
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Artifacts_go_from_job_to_job_and_to_a_folder_caches_from_run_to_run()
    {
        var first = await RunAsync("push", "--artifact-server-path", _folder["artifacts"]);
        var second = await RunAsync("push");

        Assert.True(first.Code == 0, first.Out + first.Error);
        Assert.Contains("downloaded built", first.Out, StringComparison.Ordinal);
        Assert.Contains("script has results caches token", first.Out, StringComparison.Ordinal);
        Assert.Contains("nothing to restore", first.Out, StringComparison.Ordinal);
        Assert.Contains("restored of the first run", second.Out, StringComparison.Ordinal);
        Assert.Contains($"runner: artifact {_folder["artifacts/ci/build.zip"]}\n", first.Error, StringComparison.Ordinal);
        Assert.Contains("1 artifact(s) of ci end with the run; --artifact-server-path FOLDER keeps them", second.Error, StringComparison.Ordinal);
        await using var zip = await ZipFile.OpenReadAsync(_folder["artifacts/ci/build.zip"], TestContext.Current.CancellationToken);
        Assert.Equal(["result.txt"], zip.Entries.Select(entry => entry.FullName));
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_cache_server_there_is_no_cache_address()
    {
        Write("app/upload/index.mjs", "console.log(`cache address: ${process.env.ACTIONS_CACHE_URL} ${process.env.ACTIONS_CACHE_SERVICE_V2}`)");

        var result = await RunAsync("push", "-j", "build", "--no-cache-server");

        Assert.True(result.Code == 0, result.Out + result.Error);
        Assert.Contains("cache address: undefined undefined", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_ports_for_one_server_are_a_mistake()
    {
        var result = await RunAsync("push", "--artifact-server-port", "1", "--cache-server-port", "2");

        Assert.Equal(2, result.Code);
        Assert.Contains("--artifact-server-port 1 and --cache-server-port 2: artifacts and caches are one server, give one of them", result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] args) =>
        Cli.RunAsync(new Dictionary<string, string> { ["HOME"] = _folder.FullPath, ["PATH"] = "/usr/bin:/bin" }, _folder["app"], [.. args, "--backend", "host"]);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!); // it has a folder
        File.WriteAllText(_folder[name], text);
    }

#pragma warning disable RS0030 // scripts say by the environment where they installed the packages
    private static string Modules => Path.Combine(
        Environment.GetEnvironmentVariable("RUNNER_TEST_NPM")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "runner-npm"),
        "node_modules");
#pragma warning restore RS0030
}
