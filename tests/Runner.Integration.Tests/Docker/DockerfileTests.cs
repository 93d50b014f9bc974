using System.Text.Json;
using Docker.DotNet.Models;
using Runner.Integration.Tests.Jobs;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Docker;

/// <summary>
/// The image that users get, built by <c>docker build</c> of the real Dockerfile. Every test of the chart and of the dev cluster installs this
/// one, so that its user, groups, libraries and files are those of a release.
/// </summary>
public sealed class DockerfileTests(DockerEngineFixture engine) : IDisposable
{
    private const int User = 1654;

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Image_has_the_user_the_program_and_the_files_that_the_Dockerfile_says()
    {
        var image = BuiltImage.Read();
        var last = LastStage();

        Assert.Equal($"{User}:{User}", last["USER"].Single());
        Assert.Equal(last["USER"].Single(), image.Configuration.GetProperty("User").GetString());
        Assert.Equal(last["ENTRYPOINT"].Single(), Text(image.Configuration.GetProperty("Entrypoint")));
        Assert.Equal(last["CMD"].Single(), Text(image.Configuration.GetProperty("Cmd")));
        foreach (var target in last["COPY"].Select(copy => copy.Split(' ')[^1].Trim('/')))
        {
            var file = Assert.Contains(target, image.Files);
            Assert.True(file.Mode.HasFlag(UnixFileMode.OtherRead) && !file.Mode.HasFlag(UnixFileMode.OtherWrite), $"{target}: {file.Mode}");
        }

        Assert.All(["runner-worker", "usr/local/bin/runner", "externals/node24/bin/node"], path => Assert.True(image.Files[path].Mode.HasFlag(UnixFileMode.OtherExecute), path));
    }

    [Fact]
    public void Image_has_the_bases_own_user_with_a_group_of_its_own_and_no_shell()
    {
        var image = BuiltImage.Read();

        Assert.Contains($"app:x:{User}:{User}:", image.Files["etc/passwd"].Text, StringComparison.Ordinal);
        Assert.Contains($"app:x:{User}:", image.Files["etc/group"].Text, StringComparison.Ordinal);
        Assert.Equal((User, User), (image.Files["home/app"].User, image.Files["home/app"].Group));
        Assert.DoesNotContain(image.Files.Keys, path => path.EndsWith("bin/sh", StringComparison.Ordinal) || path.EndsWith("bin/bash", StringComparison.Ordinal));
    }

    [Fact]
    public void Sources_are_built_by_the_script_that_made_the_programs_of_the_tests()
    {
        var stages = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));

        Assert.Contains("\nRUN scripts/build.sh\n", stages, StringComparison.Ordinal);
        Assert.Contains("FROM ${PROGRAMS} AS programs", stages, StringComparison.Ordinal);
        Assert.Contains("ARG PROGRAMS=sources", stages, StringComparison.Ordinal);
    }

    // As the chart mounts them: the file belongs to root and the group of fsGroup, and the root file system is read-only.
    [Theory(Timeout = 180_000)]
    [InlineData(User, 0, "The settings are right.\n")]
    [InlineData(0, ExitConfiguration, "cannot be read: ")]
    public async Task Agent_reads_a_secret_that_its_group_may_read_and_no_other(int group, int code, string says)
    {
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? string.Empty);
        var image = BuiltImage.Read();
        await using (var archive = File.OpenRead(image.Archive))
        {
            await engine.Client.Images.LoadImageAsync(new ImageLoadParameters(), archive, new Progress<JSONMessage>(), Token);
        }

        await File.WriteAllTextAsync(_folder["token"], "ghp_token", Token);
        await File.WriteAllTextAsync(
            _folder["runner.yaml"],
            "backend: host\ngithub: {url: 'https://github.com/acme', auth: {tokenFile: /etc/runner/github/token}}\nagent: {stateFolder: /tmp/state}\nhost: {worker: /runner-worker}\npools: [{name: a, labels: [x]}]\n",
            Token);
        File.SetUnixFileMode(_folder["token"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await OwnAsync(_folder["token"], group);

        var (exit, output) = await RunAsync(["agent", "--check", "--config", "/etc/runner/runner.yaml"]);

        Assert.True(exit == code && output.Contains(says, StringComparison.Ordinal), $"{exit}: {output}");
    }

    private const int ExitConfiguration = 78;

    private async Task<(long Code, string Output)> RunAsync(string[] arguments)
    {
        var made = await engine.Client.Containers.CreateContainerAsync(
            new CreateContainerParameters
            {
                Image = BuiltImage.Name,
                Cmd = arguments,
                HostConfig = new HostConfig
                {
                    NetworkMode = "none",
                    ReadonlyRootfs = true,
                    CapDrop = ["ALL"],
                    Tmpfs = new Dictionary<string, string> { ["/tmp"] = string.Empty },
                    Binds = [$"{_folder["runner.yaml"]}:/etc/runner/runner.yaml:ro", $"{_folder["token"]}:/etc/runner/github/token:ro"],
                },
            },
            Token);
        await engine.Client.Containers.StartContainerAsync(made.ID, new ContainerStartParameters(), Token);
        var ended = await engine.Client.Containers.WaitContainerAsync(made.ID, Token);
        using var logs = await engine.Client.Containers.GetContainerLogsAsync(
            made.ID, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true }, Token);
        var (output, error) = await logs.ReadOutputToEndAsync(Token);
        await engine.Client.Containers.RemoveContainerAsync(made.ID, new ContainerRemoveParameters { Force = true }, Token);
        return (ended.StatusCode, output + error);
    }

    private static async Task OwnAsync(string path, int group)
    {
        using var chown = System.Diagnostics.Process.Start("chown", [$"0:{group}", path]);
        await chown.WaitForExitAsync(Token);
    }

    /// <summary>The instructions of the Dockerfile's last stage, by name.</summary>
    private static ILookup<string, string> LastStage()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "Dockerfile"));
        return lines.Skip(Array.FindLastIndex(lines, line => line.StartsWith("FROM ", StringComparison.Ordinal)) + 1)
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split(' ', 2))
            .ToLookup(parts => parts[0], parts => parts[1].Replace(", ", ",", StringComparison.Ordinal));
    }

    private static string Text(JsonElement list) => JsonSerializer.Serialize(list.EnumerateArray().Select(item => item.GetString()));
}
