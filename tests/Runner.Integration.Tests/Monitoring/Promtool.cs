using System.Diagnostics;

namespace Runner.Integration.Tests.Monitoring;

/// <summary>Prometheus' own tool. Skips the test where there is none (<c>RUNNER_TEST_PROMTOOL</c>, which scripts/promtool.sh prints).</summary>
internal static class Promtool
{
    /// <summary>Runs a command; returns its code and all that it printed.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string[] arguments, string input, CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // The test run's composition root.
        var promtool = Environment.GetEnvironmentVariable("RUNNER_TEST_PROMTOOL");
#pragma warning restore RS0030
        Assert.SkipWhen(string.IsNullOrEmpty(promtool), "No promtool: scripts/promtool.sh fetches one, and its path goes into RUNNER_TEST_PROMTOOL");
        var start = new ProcessStartInfo(promtool ?? string.Empty, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("promtool could not be started");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
