using Runner.Cli.Running;
using Runner.Emulator.Console;

namespace Runner.Cli.Rendering;

/// <summary>What lines of a job begin with: its name in a colour of its own, all of one width so that the lines stand under each other.</summary>
internal sealed class JobPrefixes(Colors colors, RunViewOptions options)
{
    private const int MaxShare = 4;

    private readonly Dictionary<LocalJobId, int> _numbers = [];
    private int _width;

    /// <summary>Whether jobs of several workflows are shown: then each name has its workflow's before it.</summary>
    public bool NamesWorkflows { get; set; }

    /// <summary>Makes room for a job's name before its first line.</summary>
    public void Add(LocalJobId job)
    {
        if (_numbers.TryAdd(job, _numbers.Count))
        {
            _width = Math.Max(_width, Math.Min(ShownText.Width(NameOf(job)), MaxWidth));
        }
    }

    /// <summary>The beginning of a job's line.</summary>
    public string Of(LocalJobId job)
    {
        Add(job);
        var name = ShownText.Fit(NameOf(job), MaxWidth);
        return $"{colors.Of(_numbers[job], ShownText.Pad(name, _width))} {colors.Dim("│")} ";
    }

    /// <summary>Cells that a prefix takes.</summary>
    public int Width => _width + 3;

    // A long name must leave most of a narrow terminal to the log.
    private int MaxWidth => Math.Max(12, options.Width / MaxShare);

    private string NameOf(LocalJobId job)
    {
        var name = options.PrefixJobId ? job.Id : job.Name;
        return ShownText.Name(NamesWorkflows ? $"{job.WorkflowName}/{name}" : name);
    }
}
