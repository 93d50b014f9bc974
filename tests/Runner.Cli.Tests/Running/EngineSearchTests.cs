using Runner.Cli.CommandLine;
using Runner.Cli.Running;
using Runner.Testing;

namespace Runner.Cli.Tests.Running;

public sealed class EngineSearchTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Sockets_of_all_usual_engines_are_looked_for() =>
        Assert.Equal(
            [
                "unix:///var/run/docker.sock",
                "unix:///run/user/1000/docker.sock",
                $"unix://{_home[".docker/run/docker.sock"]}",
                $"unix://{_home[".docker/desktop/docker.sock"]}",
                $"unix://{_home[".colima/default/docker.sock"]}",
                $"unix://{_home[".config/colima/default/docker.sock"]}",
                $"unix://{_home[".rd/docker.sock"]}",
                $"unix://{_home[".orbstack/run/docker.sock"]}",
                "unix:///run/user/1000/podman/podman.sock",
                "unix:///run/podman/podman.sock",
                $"unix://{_home[".local/share/containers/podman/machine/podman.sock"]}",
            ],
            Candidates(("XDG_RUNTIME_DIR", "/run/user/1000")));

    [Theory]
    [InlineData("""{"currentContext": "far"}""", null)]
    [InlineData("{}", "far")]
    public void Context_of_docker_itself_comes_first(string config, string? variable)
    {
        Write(".docker/config.json", config);
        Write($".docker/contexts/meta/{Digest("far")}/meta.json", """{"Name": "far", "Endpoints": {"docker": {"Host": "tcp://192.0.2.7:2375"}}}""");

        Assert.Equal("tcp://192.0.2.7:2375", Candidates(variable is null ? [] : [("DOCKER_CONTEXT", variable)])[0]);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"currentContext": 7}""")]
    [InlineData("""{"currentContext": "nowhere"}""")]
    public void Settings_of_docker_that_say_nothing_are_passed_over(string config)
    {
        Write(".docker/config.json", config);

        Assert.Equal("unix:///var/run/docker.sock", Candidates()[0]);
    }

    private static string Digest(string name) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)));

    private IReadOnlyList<string> Candidates(params (string Name, string Value)[] environment) => new EngineSearch(new CliSurroundings
    {
        Out = TextWriter.Null,
        Error = TextWriter.Null,
        ProgramFolder = "/",
        Environment = environment.Append(("HOME", _home.FullPath)).ToDictionary(),
    }).Candidates();

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_home[name])!); // of a file below a folder
        File.WriteAllText(_home[name], text);
    }
}
