using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Runner.Cli.Repositories;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Services.Repositories;
using Runner.Testing;

namespace Runner.Cli.Tests.Repositories;

public sealed class LocalRunRepositoriesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("acme")]
    [InlineData("../tools")]
    [InlineData("acme/..")]
    [InlineData("acme/tools/lint")]
    [InlineData("acme/to ols")]
    public void What_is_no_name_of_a_repository_never_becomes_a_path(string name)
    {
        var problem = Assert.Throws<WorkflowException>(() => Repositories().Find(name, "v1"));

        Assert.Equal($"'{name}' is not the name of a repository, expected OWNER/REPO", problem.Message);
    }

    [Fact]
    public void Own_repository_at_its_own_commit_is_the_checkout_as_its_files_are_now()
    {
        var repositories = Repositories();
        repositories.UseCheckout("acme/app", "0123456789012345678901234567890123456789", _folder["app"]);

        Assert.IsType<FolderActionRepository>(repositories.Find("Acme/App", "0123456789012345678901234567890123456789"));
        Assert.IsNotType<FolderActionRepository>(repositories.Find("acme/app", "v1"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Jobs_that_fetch_one_commit_at_once_all_get_it_and_leave_it_once()
    {
        var commit = Publish();

        var archives = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => NamesAsync(Repositories().Find("acme/tools", commit), commit)));

        Assert.All(archives, names => Assert.Equal(["acme-tools/", "acme-tools/action.yml"], names));
        var kept = _folder["cache/github.com/acme/tools"];
        Assert.Equal(["commits"], Directory.EnumerateFileSystemEntries(kept).Select(Path.GetFileName));
        Assert.Equal([commit], Directory.EnumerateDirectories(Path.Combine(kept, "commits")).Select(Path.GetFileName));
    }

    [Fact(Timeout = 120_000)]
    public async Task Commit_that_was_fetched_is_never_asked_about_again()
    {
        var commit = Publish();
        await NamesAsync(Repositories().Find("acme/tools", commit), commit);
        Directory.Delete(_folder["remotes"], recursive: true);

        var repository = Repositories().Find("acme/tools", commit);

        Assert.Equal(commit, (await repository.ResolveAsync(commit, Token)).Commit);
        Assert.Equal("name: x", await repository.ReadFileAsync(commit, "action.yml", Token));
        Assert.Null(await repository.ReadFileAsync(commit, "other.yml", Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Server_that_cannot_be_read_is_an_error_outside_of_the_workflow_that_never_shows_the_token()
    {
        var repository = Repositories(new Secret("s3cr3t")).Find("acme/lost", "v1");

        var problem = await Assert.ThrowsAsync<InfrastructureException>(() => repository.ResolveAsync("v1", Token));

        Assert.StartsWith("Unable to resolve action `acme/lost@v1`: git cannot read https://github.com/acme/lost (exit code 128", problem.Message, StringComparison.Ordinal);
        Assert.Contains("The token for github.com may not be one that reads it.", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> NamesAsync(IActionRepository repository, string commit)
    {
        using var archive = new MemoryStream();
        await repository.WriteArchiveAsync(commit, ArchiveKind.TarGz, "acme-tools", archive, Token);
        archive.Position = 0;
        await using var unzipped = new GZipStream(archive, CompressionMode.Decompress);
        await using var tar = new TarReader(unzipped);
        var names = new List<string>();
        while (await tar.GetNextEntryAsync(copyData: false, Token) is { } entry)
        {
            if (entry.EntryType != TarEntryType.GlobalExtendedAttributes)
            {
                names.Add(entry.Name);
            }
        }

        return names;
    }

    private LocalRunRepositories Repositories(Secret? token = null) => new(new RepositorySettings
    {
        CacheFolder = _folder["cache"],
        Token = token,
        Environment = new Dictionary<string, string>
        {
            ["HOME"] = _folder.FullPath,
            ["PATH"] = "/usr/bin:/bin",
            ["GIT_CONFIG_COUNT"] = "1",
            ["GIT_CONFIG_KEY_0"] = $"url.file://{_folder["remotes"]}/.insteadOf",
            ["GIT_CONFIG_VALUE_0"] = "https://github.com/",
        },
    });

    // The commit of a repository with one file.
    private string Publish()
    {
        Directory.CreateDirectory(_folder["remotes/acme/tools"]);
        File.WriteAllText(_folder["remotes/acme/tools/action.yml"], "name: x");
        Git("init", "--quiet");
        Git("add", "--all");
        Git("-c", "user.name=test", "-c", "user.email=test@example", "commit", "--quiet", "-m", "one");
        return Git("rev-parse", "HEAD");
    }

    private string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", _folder["remotes/acme/tools"], .. arguments]) { RedirectStandardOutput = true })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output.Trim();
    }
}
