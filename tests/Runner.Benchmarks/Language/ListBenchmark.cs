using System.Diagnostics;
using System.Globalization;
using System.Text;
using Runner.Benchmarks.EndToEnd;

namespace Runner.Benchmarks.Language;

/// <summary>How long <c>runner -l</c> takes from a cold start (a new process, files in the page cache) on 50 workflows.</summary>
internal static class ListBenchmark
{
    private const int Workflows = 50;
    private const int Rounds = 20;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("runner-list-").FullName;
        try
        {
            var files = Directory.CreateDirectory(Path.Combine(folder, ".github", "workflows")).FullName;
            for (var file = 0; file < Workflows; file++)
            {
                await File.WriteAllTextAsync(Path.Combine(files, $"w{file}.yml"), Write(file), cancellationToken);
            }

            List<double> wall = [];
            for (var round = 0; round <= Rounds; round++)
            {
                var start = Stopwatch.GetTimestamp();
                using var runner = Process.Start(new ProcessStartInfo(Artifacts.Runner, ["-l"]) { WorkingDirectory = folder, RedirectStandardOutput = true })
                    ?? throw new InvalidOperationException("runner does not start");
                var output = await runner.StandardOutput.ReadToEndAsync(cancellationToken);
                await runner.WaitForExitAsync(cancellationToken);
                if (runner.ExitCode != 0 || output.Count('\n') <= Workflows)
                {
                    throw new InvalidOperationException($"runner -l ended with {runner.ExitCode}\n{output}");
                }

                // The first one reads the program from the disk.
                if (round > 0)
                {
                    wall.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }

            var shell = await Shell.MeasureAsync(cancellationToken);
            Figures.PrintRatio($"runner -l on {Workflows} workflows, a new process", wall, shell.Milliseconds, "25");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Write(int file)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"name: Workflow {file}\non: [push, pull_request]\njobs:\n");
        for (var job = 0; job < 3; job++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  job-{job}:\n    name: Job {job} of ${{{{ github.repository }}}}\n    runs-on: ubuntu-latest\n    steps:\n");
            for (var step = 0; step < 8; step++)
            {
                text.Append("      - uses: actions/checkout@v4\n      - name: Make\n        if: success() && github.ref == 'refs/heads/main'\n        run: make ${{ github.sha }}\n");
            }
        }

        return text.ToString();
    }
}
