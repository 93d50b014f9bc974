using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Runner.Testing;

/// <summary>
/// A script that drives a real Chromium (Debian's) by playwright-core. It is given <c>browser</c> and its arguments by <c>browser.mjs</c>, and tells what it
/// sees as lines of JSON; a test does something in between.
/// </summary>
public sealed class BrowserScript : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Driver = "playwright-core";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private BrowserScript(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a script that lies in a folder of the test's output. Skips the test where there is no browser.</summary>
    public static BrowserScript Start(string script, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Chromium), $"There is no {Chromium}: apt-get install chromium");
        Assert.SkipUnless(NpmPackages.Has(Driver), $"{Driver} is not in {NpmPackages.Modules}: run scripts/npm-clients.sh");
        var start = new ProcessStartInfo(NpmPackages.Node, [Path.Combine(AppContext.BaseDirectory, "browser.mjs"), Path.Combine(NpmPackages.Modules, Driver), Chromium, Path.Combine(AppContext.BaseDirectory, script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new BrowserScript(Process.Start(start) ?? throw new InvalidOperationException("node could not be started"));
    }

    /// <summary>The next that it tells. Fails with what it printed where it tells nothing more.</summary>
    public async Task<JsonElement> NextAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is null)
        {
            Assert.Fail(await _errors);
        }

        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    /// <summary>Waits until it has ended well.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        Assert.True(_process.ExitCode == 0, await _errors);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
