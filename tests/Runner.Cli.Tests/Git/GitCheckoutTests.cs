using System.Diagnostics;
using Runner.Cli.Git;
using Runner.Testing;

namespace Runner.Cli.Tests.Git;

public sealed class GitCheckoutTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string, string?> Addresses => new()
    {
        { "https://github.com/acme/app.git",       "acme/app" },
        { "https://github.com/acme/app",           "acme/app" },
        { "https://user@ghe.acme.com/acme/app/",   "acme/app" },
        { "git@github.com:acme/my.app.git",        "acme/my.app" },
        { "ssh://git@github.com:22/acme/app.git",  "acme/app" },
        { "app",                                   null },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Addresses))]
    public void Repository_is_read_from_the_address_of_the_remote(string address, string? expected) =>
        Assert.Equal(expected, GitCheckout.RepositoryOf(address));

    [Fact(Timeout = 60_000)]
    public async Task Checkout_tells_commit_branch_remote_and_user()
    {
        await GitAsync("init", "-q", "-b", "topic");
        await GitAsync("config", "user.name", "octo");
        await GitAsync("config", "user.email", "o@example.com");
        await GitAsync("remote", "add", "origin", "git@github.com:acme/app.git");
        await GitAsync("commit", "-q", "--allow-empty", "-m", "First\n\nmore");
        await GitAsync("update-ref", "refs/remotes/origin/trunk", "HEAD");
        await GitAsync("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");

        var git = await GitCheckout.ReadAsync(_folder.FullPath, "origin", Token);

        Assert.Equal(40, git.Sha?.Length);
        Assert.Equal(("refs/heads/topic", "acme/app", "trunk"), (git.Ref, git.Repository, git.DefaultBranch));
        Assert.NotNull(git.User);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tag_is_the_ref_only_where_no_branch_is_checked_out()
    {
        await GitAsync("init", "-q", "-b", "main");
        await GitAsync("-c", "user.name=o", "-c", "user.email=o@e", "commit", "-q", "--allow-empty", "-m", "x");
        await GitAsync("tag", "v1");
        var onBranch = await GitCheckout.ReadAsync(_folder.FullPath, "origin", Token);
        await GitAsync("checkout", "-q", "--detach");

        var detached = await GitCheckout.ReadAsync(_folder.FullPath, "origin", Token);

        Assert.Equal(("refs/heads/main", "refs/tags/v1"), (onBranch.Ref, detached.Ref));
    }

    [Fact(Timeout = 60_000)]
    public async Task Outside_of_a_repository_nothing_of_it_is_known()
    {
        var git = await GitCheckout.ReadAsync(_folder.FullPath, "origin", Token);

        Assert.Equal((null, null, null, null), (git.Root, git.Sha, git.Ref, git.Repository));
    }

    private async Task GitAsync(params string[] arguments)
    {
        using var git = Process.Start("git", ["-C", _folder.FullPath, .. arguments]);
        await git.WaitForExitAsync(Token);
        Assert.Equal(0, git.ExitCode);
    }
}
