using Runner.GitHub.Auth;
using Runner.GitHub.Registration;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace Runner.GitHub.Tests;

/// <summary>A scripted REST server and a registrar that talks to it. Files are in a folder of its own, gone at the end.</summary>
internal sealed class GitHubServer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("runner-github-");

    public WireMockServer Http { get; } = WireMockServer.Start();

    public string File(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public GitHubRest Rest(string path = "acme", GitHubCredentials? credentials = null, TimeProvider? time = null, Func<HttpMessageHandler>? handlers = null) => new(
        GitHubEndpoint.Parse($"{Http.Url}/{path}", allowInsecureHttp: false),
        credentials ?? new GitHubCredentials.TokenFile(File("token", " ghp_secret\n")),
        handlers ?? (() => new SocketsHttpHandler()),
        time ?? TimeProvider.System);

    public GitHubRegistrar Registrar(string path = "acme", GitHubCredentials? credentials = null, TimeProvider? time = null) => new(Rest(path, credentials, time));

    public void Answers(string method, string path, int status, object? body = null, string? header = null) =>
        Answers(method, path, status, body, header?.Split(": ") is [var name, var value] ? [(name, value)] : []);

    public void Answers(string method, string path, int status, object? body, (string Name, string Value)[] headers)
    {
        var response = Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json").WithHeader("X-GitHub-Request-Id", "AB:1");
        foreach (var (name, value) in headers)
        {
            response = response.WithHeader(name, value);
        }

        Http.Given(Request.Create().WithPath($"/api/v3/{path}").UsingMethod(method))
            .RespondWith(body is null ? response : response.WithBodyAsJson(body));
    }

    public void Dispose()
    {
        Http.Dispose();
        _folder.Delete(recursive: true);
    }
}
