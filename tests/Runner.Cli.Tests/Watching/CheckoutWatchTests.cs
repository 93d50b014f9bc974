using System.Diagnostics;
using Runner.Cli.Watching;
using Runner.Testing;

namespace Runner.Cli.Tests.Watching;

/// <summary>What counts as a change of a checkout, and when.</summary>
public sealed class CheckoutWatchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WaitableTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 60_000)]
    [InlineData("echo more >>a", "a")]
    [InlineData("rm a", "a")]
    [InlineData("echo new >d/n", "d/n")]
    [InlineData("chmod 755 a", "a")]
    [InlineData("ln -sf b link", "link")]
    [InlineData("rm a d/b", "a d/b")]
    [InlineData("echo x >own/log; echo y >ign/x; git add a; git -c user.name=o -c user.email=o@e commit -qm one; mkdir empty", "")]
    public async Task Files_that_git_does_not_ignore_count(string change, string expected)
    {
        await ShellAsync("git init -q .; mkdir d own ign; echo 1 >a; echo 2 >d/b; echo 3 >own/log; echo 4 >ign/x; echo ign >.gitignore; ln -s a link");
        var before = await CheckoutState.ReadAsync(_folder.FullPath, [_folder["own"]], Token);

        await ShellAsync(change);

        var after = await CheckoutState.ReadAsync(_folder.FullPath, [_folder["own"]], Token);
        Assert.Equal(expected, string.Join(' ', after.ChangesSince(before)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Change_is_told_once_nothing_has_changed_for_a_moment()
    {
        var watch = new CheckoutWatch(_folder.FullPath, [], _time);
        await watch.NoteAsync(Token);
        var changed = watch.ChangedAsync(Token);
        await _time.Waits(CheckoutWatch.Interval).WaitAsync(Token);

        await File.WriteAllTextAsync(_folder["a"], "1", Token);
        _time.Advance(CheckoutWatch.Interval);
        await _time.Waits(CheckoutWatch.Quiet).WaitAsync(Token);
        await File.WriteAllTextAsync(_folder["b"], "1", Token);
        _time.Advance(CheckoutWatch.Quiet);
        await _time.Waits(CheckoutWatch.Quiet, count: 2).WaitAsync(Token);
        Assert.False(changed.IsCompleted);
        _time.Advance(CheckoutWatch.Quiet);

        Assert.Equal(["a", "b"], await changed.WaitAsync(Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Change_that_was_taken_back_is_none()
    {
        await File.WriteAllTextAsync(_folder["a"], "1", Token);
        var watch = new CheckoutWatch(_folder.FullPath, [], _time);
        await watch.NoteAsync(Token);
        await File.WriteAllTextAsync(_folder["b"], "1", Token);
        var changed = watch.ChangedAsync(Token);
        await _time.Waits(CheckoutWatch.Quiet).WaitAsync(Token);

        File.Delete(_folder["b"]);
        _time.Advance(CheckoutWatch.Quiet);
        await _time.Waits(CheckoutWatch.Quiet, count: 2).WaitAsync(Token);
        _time.Advance(CheckoutWatch.Quiet);
        await _time.Waits(CheckoutWatch.Interval).WaitAsync(Token);

        Assert.False(changed.IsCompleted);
    }

    private async Task ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = _folder.FullPath }) ?? throw new InvalidOperationException("no sh");
        await shell.WaitForExitAsync(Token);
        Assert.Equal(0, shell.ExitCode);
    }
}
