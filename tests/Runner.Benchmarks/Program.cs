using BenchmarkDotNet.Running;
using Runner.Benchmarks;
using Runner.Benchmarks.EndToEnd;

// Run on a quiet machine, after scripts/build.sh:
//   dotnet run -c Release --project tests/Runner.Benchmarks -- [start|steps|lines|slots|expressions …]
// Without a name: all that run a real agent and worker against the emulator. `expressions` runs BenchmarkDotNet.
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
        case "steps":
            await StepBenchmark.RunAsync(cancellation.Token);
            break;
        case "lines":
            await LineBenchmark.RunAsync(cancellation.Token);
            break;
        case "slots":
            await SlotBenchmark.RunAsync(cancellation.Token);
            break;
        case "expressions":
            BenchmarkRunner.Run<ExpressionBenchmarks>();
            break;
        default:
            Console.Error.WriteLine($"No benchmark '{name}': expected start, steps, lines, slots or expressions");
            return 2;
    }
}

return 0;
