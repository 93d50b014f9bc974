using Runner.Cli.Running;

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
            _width = Math.Max(_width, Math.Min(NameOf(job).Length, MaxWidth));
        }
    }

    /// <summary>The beginning of a job's line.</summary>
    public string Of(LocalJobId job)
    {
        Add(job);
        var name = Fit(NameOf(job), MaxWidth);
        return $"{colors.Of(_numbers[job], name.PadRight(_width))} {colors.Dim("│")} ";
    }

    /// <summary>Cells that a prefix takes.</summary>
    public int Width => _width + 3;

    // A long name must leave most of a narrow terminal to the log.
    private int MaxWidth => Math.Max(12, options.Width / MaxShare);

    private string NameOf(LocalJobId job)
    {
        var name = options.PrefixJobId ? job.Id : job.Name;
        return NamesWorkflows ? $"{job.WorkflowName}/{name}" : name;
    }

    /// <summary>A text of at most so many cells, cut in its middle: the ends of names tell matrix legs apart.</summary>
    internal static string Fit(string text, int width) =>
        text.Length <= width ? text : $"{text[..((width - 1) / 2)]}…{text[^(width - 1 - ((width - 1) / 2))..]}";
}
