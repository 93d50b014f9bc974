using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Runner.Benchmarks;
using Runner.Benchmarks.EndToEnd;
using Runner.Benchmarks.Language;
using Runner.Benchmarks.Scale;

// Run on a quiet machine, after scripts/build.sh:
//   dotnet run -c Release --project tests/Runner.Benchmarks -- [start|latency|steps|lines|slots|scale|burst|held|sets|flow|bucket|expressions|plan|list …]
// `bucket` needs scripts/npm-clients.sh alone. Without a name: all that run a real agent and worker against the emulator. `scale` is burst, held, sets and flow. `expressions` runs BenchmarkDotNet.
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};

string[] names = args.Length > 0 ? args : ["start", "steps", "lines", "slots"];
foreach (var name in names)
{
    switch (name)
    {
        case "start":
            await StartBenchmark.RunAsync(cancellation.Token);
            break;
        case "latency":
            await LatencyBenchmark.RunAsync(cancellation.Token);
            break;
        case "steps":
            await StepBenchmark.RunAsync(cancellation.Token);
            break;
        case "lines":
            await LineBenchmark.RunAsync(cancellation.Token);
            break;
        case "slots":
            await SlotBenchmark.RunAsync(cancellation.Token);
            break;
        case "scale":
            await ScaleBenchmark.RunAsync(cancellation.Token);
            break;
        case "burst":
            await ScaleBenchmark.BurstAsync(500, cancellation.Token);
            break;
        case "held":
            await ScaleBenchmark.HoldAsync(2000, cancellation.Token);
            break;
        case "sets":
            await ScaleBenchmark.IdleAsync(100, cancellation.Token);
            break;
        case "flow":
            await ScaleBenchmark.FlowAsync(5000, cancellation.Token);
            break;
        case "bucket":
            await BucketBenchmark.RunAsync(cancellation.Token);
            break;
        case "plan":
            PlanBenchmark.Run();
            break;
        case "list":
            await ListBenchmark.RunAsync(cancellation.Token);
            break;
        case "expressions":
            // In this process: a program of its own would be built without our central package versions.
            BenchmarkRunner.Run<ExpressionBenchmarks>(ManualConfig.Create(DefaultConfig.Instance).AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
            break;
        default:
            Console.Error.WriteLine($"No benchmark '{name}': expected start, latency, steps, lines, slots, scale, burst, held, sets, flow, bucket, expressions, plan or list");
            return 2;
    }
}

return 0;
