using System.Diagnostics;
using System.Globalization;
using System.Text;
using Runner.Benchmarks.EndToEnd;
using Runner.Jobs.Data;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;

namespace Runner.Benchmarks.Language;

/// <summary>How long it takes, warm and in-process, to read a workflow of 2,000 lines and to plan it, with a job whose matrix has 256 legs.</summary>
internal static class PlanBenchmark
{
    private const int WarmUps = 20;
    private const int Rounds = 50;
    private const int Legs = 256;

    private static readonly RunRequest Request = new()
    {
        EventName = "push",
        Event = new DictionaryData([KeyValuePair.Create<string, ContextData>("ref", new StringData("refs/heads/main"))]),
        GitHub = DictionaryData.FromStrings([new("repository", "acme/app"), new("sha", "0123"), new("ref", "refs/heads/main")]),
    };

    public static void Run()
    {
        var text = Write();
        List<double> all = [], cpu = [];
        for (var round = 0; round < WarmUps + Rounds; round++)
        {
            var (start, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var legs = Plan(text);
            if (legs < Legs)
            {
                throw new InvalidOperationException($"{legs} legs were planned, expected {Legs}");
            }

            if (round >= WarmUps)
            {
                all.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                cpu.Add((Environment.CpuUsage.TotalTime - busy).TotalMilliseconds);
            }
        }

        Figures.Print($"read and plan {text.Count('\n'):N0} lines with {Legs} legs", "ms", all, "150");
        Figures.Print("the same, processor time of all threads", "ms", cpu, "-");
    }

    private static int Plan(string text)
    {
        var reading = WorkflowFile.Read(".github/workflows/big.yml", text);
        var planning = RunPlan.Create(reading.Workflow ?? throw new InvalidOperationException(string.Join('\n', reading.Diagnostics)), Request);
        return new RunState(planning.Plan ?? throw new InvalidOperationException(string.Join('\n', planning.Diagnostics))).Start().Ready.Length;
    }

    private static string Write()
    {
        var text = new StringBuilder("name: Big\non: {push: {branches: [main]}}\nenv: {LEVEL: \"${{ github.ref }}\"}\njobs:\n  wide:\n    name: Wide ${{ matrix.os }} ${{ matrix.version }}\n");
        text.Append("    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n");
        text.Append(CultureInfo.InvariantCulture, $"        os: [{string.Join(", ", Enumerable.Range(0, 16).Select(i => $"os-{i}"))}]\n");
        text.Append(CultureInfo.InvariantCulture, $"        version: [{string.Join(", ", Enumerable.Range(0, 16))}]\n    steps: [{{run: make}}]\n");
        for (var job = 0; job < 41; job++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  job-{job}:\n    needs: {(job == 0 ? "wide" : $"job-{job - 1}")}\n    runs-on: ubuntu-latest\n    if: github.ref == 'refs/heads/main'\n    steps:\n");
            for (var step = 0; step < 11; step++)
            {
                text.Append(CultureInfo.InvariantCulture, $"      - name: Step {step} of ${{{{ github.repository }}}}\n        if: success() && env.LEVEL != 'x'\n        run: echo \"${{{{ needs.job-{job}.result || 'none' }}}}\"\n        env: {{A: \"${{{{ github.sha }}}}\"}}\n");
            }
        }

        return text.ToString();
    }
}
