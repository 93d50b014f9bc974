using System.Diagnostics;
using Runner.Integration.Tests.Jobs;

namespace Runner.Integration.Tests.Chart;

/// <summary>The real helm on the chart of this checkout. Skips the test where there is none (<c>RUNNER_TEST_HELM</c>, which scripts/helm.sh prints).</summary>
internal static class HelmProgram
{
    /// <summary>Folder of the chart.</summary>
    public static string Chart => Path.Combine(Repository.Root, "helm/runner");

    /// <summary>Runs a command; returns its code and all that it printed.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string[] arguments, CancellationToken cancellationToken, string kubeconfig = "/dev/null")
    {
#pragma warning disable RS0030 // The test run's composition root.
        var helm = Environment.GetEnvironmentVariable("RUNNER_TEST_HELM");
#pragma warning restore RS0030
        Assert.SkipWhen(string.IsNullOrEmpty(helm), "No helm: scripts/helm.sh fetches one, and its path goes into RUNNER_TEST_HELM");
        var start = new ProcessStartInfo(helm ?? string.Empty, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = kubeconfig;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("helm could not be started");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
