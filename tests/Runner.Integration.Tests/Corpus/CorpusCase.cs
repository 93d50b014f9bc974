using System.Collections.Immutable;
using Runner.Integration.Tests.Jobs;
using YamlDotNet.RepresentationModel;

namespace Runner.Integration.Tests.Corpus;

/// <summary>A workflow with what must come of it: a file of <c>tests/corpus</c>. The first YAML document is the workflow, the second the expectation.</summary>
/// <remarks>
/// The second document: <c>secrets</c> and <c>vars</c> to run it with; <c>except</c>, backend → reason why the case does not hold there;
/// <c>jobs</c>, key or shown name → <c>conclusion</c>, <c>outputs</c>, <c>steps</c> (name → conclusion), <c>log</c> (lines that stand in the job's log in
/// this order, between any others), <c>in-log</c> (lines that stand anywhere in it) and <c>not-in-log</c> (texts that stand nowhere in it).
/// </remarks>
internal sealed record CorpusCase
{
    /// <summary>Name of the file without its ending.</summary>
    public required string Name { get; init; }

    /// <summary>Text of the workflow.</summary>
    public required string Workflow { get; init; }

    /// <summary>Secrets to run it with.</summary>
    public ImmutableDictionary<string, string> Secrets { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The <c>vars</c> context.</summary>
    public ImmutableDictionary<string, string> Vars { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Backends that it does not hold on, with the reason.</summary>
    public ImmutableDictionary<string, string> Except { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What must come of each job.</summary>
    public ImmutableArray<ExpectedJob> Jobs { get; init; } = [];

    /// <summary>Folder of the corpus.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "corpus");

    /// <summary>All names, sorted.</summary>
    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.yml").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal);

    /// <summary>Reads a case.</summary>
    public static CorpusCase Read(string name)
    {
        var parts = File.ReadAllText(Path.Combine(Folder, name + ".yml")).Split("\n---\n");
        Assert.True(parts.Length == 2, $"{name}: expected a workflow and an expectation, parted by a line '---'");
        var stream = new YamlStream();
        stream.Load(new StringReader(parts[1]));
        var expectation = (YamlMappingNode)stream.Documents[0].RootNode;
        return new CorpusCase
        {
            Name = name,
            Workflow = parts[0] + "\n",
            Secrets = Texts(expectation, "secrets"),
            Vars = Texts(expectation, "vars"),
            Except = Texts(expectation, "except"),
            Jobs = [.. ((YamlMappingNode)expectation["jobs"]).Select(job => Job(Text(job.Key), (YamlMappingNode)job.Value))],
        };
    }

    private static ExpectedJob Job(string name, YamlMappingNode job) => new(
        name,
        Text(job["conclusion"]),
        Texts(job, "outputs"),
        Texts(job, "steps"),
        Lines(job, "log"),
        Lines(job, "in-log"),
        Lines(job, "not-in-log"));

    private static ImmutableDictionary<string, string> Texts(YamlMappingNode parent, string key) =>
        parent.Children.TryGetValue(key, out var node)
            ? ((YamlMappingNode)node).ToImmutableDictionary(entry => Text(entry.Key), entry => Text(entry.Value))
            : ImmutableDictionary<string, string>.Empty;

    private static ImmutableArray<string> Lines(YamlMappingNode parent, string key) =>
        parent.Children.TryGetValue(key, out var node) ? [.. ((YamlSequenceNode)node).Select(Text)] : [];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? string.Empty;
}

/// <summary>What must come of a job.</summary>
/// <param name="Name">Its key or shown name.</param>
/// <param name="Conclusion"><c>success</c>, <c>failure</c>, <c>cancelled</c> or <c>skipped</c>.</param>
/// <param name="Outputs">All its outputs.</param>
/// <param name="Steps">Conclusions of some steps, by name.</param>
/// <param name="Log">Lines in order, between any others.</param>
/// <param name="InLog">Lines that stand anywhere.</param>
/// <param name="NotInLog">Texts that stand nowhere.</param>
internal sealed record ExpectedJob(
    string Name,
    string Conclusion,
    ImmutableDictionary<string, string> Outputs,
    ImmutableDictionary<string, string> Steps,
    ImmutableArray<string> Log,
    ImmutableArray<string> InLog,
    ImmutableArray<string> NotInLog);
