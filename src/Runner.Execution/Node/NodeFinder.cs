using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Runner.Execution.Jobs;
using Runner.Execution.Processes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;

namespace Runner.Execution.Node;

/// <summary>Finds Node.js: in the runner's externals, else on the machine. What was found is kept for the job.</summary>
internal sealed partial class NodeFinder(JobScope job, ProcessRunner processes)
{
    private readonly ConcurrentDictionary<int, string> _found = new();

    /// <summary>The path of a Node.js of this major version.</summary>
    /// <exception cref="WorkflowException">There is none; the message names all places that were looked at.</exception>
    public async Task<string> FindAsync(int major, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(major, out var known))
        {
            return known;
        }

        var places = Externals(major).ToList();
        if (places.FirstOrDefault(File.Exists) is { } bundled)
        {
            return _found[major] = bundled;
        }

        var (path, version) = await OfMachineAsync(cancellationToken);
        if (path is not null && version == major)
        {
            return _found[major] = path;
        }

        places.Add(path is null ? "node in PATH: not there" : $"{path}: is version {version?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}");
        throw new WorkflowException(
            $"This action needs Node.js {major}, which was not found. Looked at: {string.Join("; ", places)}. "
            + $"Install Node.js {major} on the machine, or give the runner its externals");
    }

    /// <summary>The path of a Node.js of the first of these major versions that is there.</summary>
    /// <exception cref="WorkflowException">There is none; the message is about the last of them.</exception>
    public async Task<string> FindAnyAsync(IReadOnlyList<int> majors, CancellationToken cancellationToken)
    {
        foreach (var major in majors.SkipLast(1))
        {
            try
            {
                return await FindAsync(major, cancellationToken);
            }
            catch (WorkflowException)
            {
                // The next one may be there.
            }
        }

        return await FindAsync(majors[^1], cancellationToken);
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
