using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;

namespace Runner.Execution.Node;

/// <summary>Finds Node.js: in the runner's externals, else on the machine. What was found is kept for the job.</summary>
internal sealed partial class NodeFinder(JobScope job, ProcessRunner processes)
{
    private readonly ConcurrentDictionary<int, FoundNode> _found = new();

    /// <summary>A Node.js of one of these major versions: the first that the externals have, else that of the machine if it is one of them.</summary>
    /// <param name="majors">Versions that will do, the best first.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="WorkflowException">There is none; the message names all places that were looked at, and what to do.</exception>
    public async Task<FoundNode> FindAsync(IReadOnlyList<int> majors, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(majors[0], out var known))
        {
            return known;
        }

        var places = new List<string>();
        foreach (var major in majors)
        {
            var externals = Externals(major).ToList();
            if (externals.FirstOrDefault(File.Exists) is { } bundled)
            {
                return _found[majors[0]] = new FoundNode(bundled, major);
            }

            places.AddRange(externals);
        }

        var (path, version) = await OfMachineAsync(cancellationToken);
        if (path is not null && version is { } found && majors.Contains(found))
        {
            return _found[majors[0]] = new FoundNode(path, found);
        }

        places.Add(path is null ? "node in PATH: not there" : $"{path}: is version {version?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}");
        var wanted = string.Join(" or ", majors);
        throw new WorkflowException(
            $"This action needs Node.js {wanted}, which was not found. Looked at: {string.Join("; ", places)}. "
            + $"Install Node.js {majors.Max()} where the job runs, or give the runner its externals");
    }

    // The builds for Alpine stand beside the others, as in GitHub's own runner.
    private IEnumerable<string> Externals(int major)
    {
        if (job.Paths.Externals is not { } folder)
        {
            yield break;
        }

        if (IsAlpine())
        {
            yield return Path.Combine(folder, $"node{major}_alpine", "bin", "node");
        }

        yield return Path.Combine(folder, $"node{major}", "bin", "node");
    }

    private static bool IsAlpine()
    {
        try
        {
            return Directory.EnumerateFiles("/etc", "*release").SelectMany(File.ReadLines)
                .Any(line => line.StartsWith("ID=", StringComparison.Ordinal) && line.Contains("alpine", StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // an image without /etc is not Alpine
        }
    }

    private async Task<(string? Path, int? Major)> OfMachineAsync(CancellationToken cancellationToken)
    {
        var environment = StepEnvironment.OfMachine(job);
        if (ProgramFinder.Find("node", StepEnvironment.PathOf(environment), "/") is not { } node)
        {
            return (null, null);
        }

        var output = new FirstLine();
        var spec = new ProcessSpec { Program = node, Arguments = ["--version"], WorkingDirectory = "/", Environment = environment };
        try
        {
            await processes.RunAsync(spec, output, () => { }, cancellationToken);
        }
        catch (ProcessStartException)
        {
            return (node, null); // a file for another machine
        }

        var match = Version().Match(output.Text);
        return (node, match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null);
    }

    [GeneratedRegex(@"^v(\d{1,4})\.", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    private sealed class FirstLine : ILineSink
    {
        public string Text { get; private set; } = string.Empty;

        public void Line(ReadOnlySpan<byte> line) => Text = Text.Length > 0 ? Text : Encoding.UTF8.GetString(line);

        public int TakeOverlong(ReadOnlySpan<byte> start) => start.Length;
    }
}
