using System.Diagnostics;
using Runner.Cli.Workspaces;
using Runner.Testing;

namespace Runner.Cli.Tests.Workspaces;

/// <summary>In the copy of a checkout git says what it says in the checkout, whatever form that has, and nothing of it is elsewhere.</summary>
public sealed class CheckoutTreeTests : IDisposable
{
    // Each prints its answer, errors too; what does not apply to a form fails the same way in both.
    private const string Questions = """
        ask() { echo "--- $*"; "$@" 2>&1; echo "exit code $?"; }
        ask git status --porcelain=v2 --branch --untracked-files=all
        ask git log --oneline --decorate --graph
        ask git rev-parse HEAD
        ask git rev-parse --abbrev-ref HEAD
        ask git rev-parse --is-shallow-repository
        ask git for-each-ref
        ask git diff
        ask git diff --cached
        ask git stash list
        if [ -e .gitmodules ]; then
          ask git submodule status --recursive
          ask git submodule foreach --quiet --recursive 'echo $displaypath; git status --porcelain=v2 --branch --untracked-files=all; git log --oneline'
        fi
        ask git fsck --no-dangling --no-progress
        for inner in x/inner trees/topic; do [ ! -d $inner ] || (cd $inner; ask git status --porcelain=v2 --branch; ask git log --oneline); done
        """;

    // Names, kinds, modes, links and contents of all but git's own folders, whose form is another one in the copy.
    private const string Listing = """
        find . -mindepth 1 -name .git -prune -o -type f -printf 'file %m %p\n' -o -type d -printf 'folder %m %p\n' -o -type l -printf 'link %p %l\n' | LC_ALL=C sort
        find . -name .git -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 -r cksum
        """;

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Forms => [.. CheckoutForms.Names];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Shell(_folder.FullPath, "chmod -R u+rwX . && rm -rf -- *"); // names and modes that the file API cannot deal with
        _folder.Dispose();
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Forms))]
    public async Task Git_says_in_the_copy_what_it_says_in_the_checkout(string form)
    {
        Directory.CreateDirectory(_folder["user"]);
        Shell(_folder["user"], CheckoutForms.ScriptOf(form));
        var checkout = _folder["user/app"];
        var tree = await CheckoutTree.ReadAsync(checkout, withIgnored: false, Token);
        CheckoutCopy.Make(tree, _folder["copied/app"], Token);
        await using (var archive = File.Create(_folder["app.tar.gz"]))
        {
            await CheckoutArchive.WriteAsync(tree, archive, Token);
        }

        Directory.CreateDirectory(_folder["sent/app"]);
        Shell(_folder["sent/app"], "tar -xzpf ../../app.tar.gz");
        Shell(checkout, "find .git/ -name '*.lock' -delete 2>/dev/null || true"); // git would wait for them here
        var (answers, listing) = (Shell(checkout, Questions), Shell(checkout, Listing));
        Directory.Move(_folder["user"], _folder["gone"]);

        Assert.Empty(tree.Notes);
        Assert.Equal(listing, Shell(_folder["sent/app"], Listing));
        Assert.Equal(string.Empty, Shell(_folder.FullPath, "diff -r --no-dereference copied sent")); // so what git says of one it says of the other
        var copy = _folder["copied/app"];
        Assert.Equal(listing, Shell(copy, Listing));
        Assert.Equal(answers, Shell(copy, Questions));
        Assert.Equal(copy + "\n", Shell(copy, "git rev-parse --show-toplevel"));
        Shell(copy, "git add -A && git -c core.editor=true commit -q --allow-empty -m 'in the job'");
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_ignored_is_left_out_but_for_what_git_has_all_the_same()
    {
        Shell(_folder.FullPath, """
            git init -q app; cd app
            printf 'out/\n*.log\n' >.gitignore; mkdir -p out/deep logs empty; echo 1 >out/deep/kept; echo 2 >out/left; echo 3 >logs/a.log; echo 4 >new
            git add .gitignore; git add -f out/deep/kept
            """);

        Assert.Equal([".gitignore", "empty", "new", "out", "out/deep", "out/deep/kept"], (await NamesAsync(withIgnored: false)).Except(["logs"]));
        Assert.Equal(
            [".gitignore", "empty", "logs", "logs/a.log", "new", "out", "out/deep", "out/deep/kept", "out/left"],
            await NamesAsync(withIgnored: true));

        async Task<IEnumerable<string>> NamesAsync(bool withIgnored) => (await CheckoutTree.ReadAsync(_folder["app"], withIgnored, Token)).Entries
            .Select(entry => entry.Path)
            .Where(name => !name.StartsWith(".git", StringComparison.Ordinal) || name == ".gitignore");
    }

    [Fact(Timeout = 60_000)]
    public async Task Folder_of_a_repository_is_told_to_be_without_it()
    {
        Shell(_folder.FullPath, "git init -q app; mkdir -p app/sub/deep; echo 1 >app/sub/deep/a");

        var tree = await CheckoutTree.ReadAsync(_folder["app/sub"], withIgnored: false, Token);

        Assert.Equal(["deep", "deep/a"], tree.Entries.Select(entry => entry.Path));
        Assert.StartsWith($"jobs get 'sub' alone, without git: it is a folder of the repository '{_folder["app"]}'; -C {_folder["app"]} -W sub/…", Assert.Single(tree.Notes), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Folder_that_its_repository_ignores_is_taken_as_it_is()
    {
        Shell(_folder.FullPath, "git init -q .; echo '*' >.gitignore; mkdir -p app/d; echo 1 >app/d/a; mkfifo app/pipe");

        var tree = await CheckoutTree.ReadAsync(_folder["app"], withIgnored: false, Token);

        Assert.Equal(["d", "d/a"], tree.Entries.Select(entry => entry.Path));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_in_a_copy_is_told()
    {
        Shell(_folder.FullPath, """
            git init -q app; cd app; git config include.path "$PWD/../mine"; git config --add includeIf.onbranch:x.path '~/other'
            echo 1 >"$(printf 'not\377utf8')"
            """);

        var notes = (await CheckoutTree.ReadAsync(_folder["app"], withIgnored: false, Token)).Notes;

        Assert.Equal(3, notes.Count);
        Assert.Contains(notes, note => note.Contains($"{_folder["app"]}/../mine", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains("'~/other'", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains("its name is not UTF-8", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Checkout_that_git_refuses_is_copied_whole_and_that_is_told()
    {
        Shell(_folder.FullPath, "git init -q app; cd app; echo x >.gitignore; echo 1 >x; echo nonsense >.git/HEAD");

        var tree = await CheckoutTree.ReadAsync(_folder["app"], withIgnored: false, Token);

        Assert.Contains(tree.Entries, entry => entry.Path == "x");
        Assert.StartsWith($"git cannot read the checkout in '{_folder["app"]}'", Assert.Single(tree.Notes), StringComparison.Ordinal);
    }

    private static string Shell(string folder, string script)
    {
        var start = new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] settings = ["user.name", "octo", "user.email", "o@example.com", "init.defaultBranch", "main", "protocol.file.allow", "always", "advice.detachedHead", "false"];
        start.Environment["GIT_CONFIG_COUNT"] = (settings.Length / 2).ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (number, pair) in settings.Chunk(2).Index())
        {
            (start.Environment[$"GIT_CONFIG_KEY_{number}"], start.Environment[$"GIT_CONFIG_VALUE_{number}"]) = (pair[0], pair[1]);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("sh does not start");
        var errors = process.StandardError.ReadToEndAsync(Token);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{script}\n{output}\n{errors.GetAwaiter().GetResult()}");
        return output;
    }
}
