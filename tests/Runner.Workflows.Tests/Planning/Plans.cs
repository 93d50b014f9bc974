using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Secrets;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;
using Runner.Workflows.Runs;
using Runner.Workflows.Templates;
using Runner.Workflows.Yaml;

namespace Runner.Workflows.Tests.Planning;

/// <summary>Plans and runs of workflow texts.</summary>
internal static class Plans
{
    public static RunRequest Request { get; } = new()
    {
        EventName = "push",
        Event = new DictionaryData([KeyValuePair.Create<string, ContextData>("ref", new StringData("refs/heads/main"))]),
        GitHub = DictionaryData.FromStrings([new("repository", "acme/app"), new("sha", "0123"), new("ref", "refs/heads/main")]),
        Vars = [new("LEVEL", "2")],
        Secrets = [new("MY_SECRET", new Secret("s3cr3t"))],
    };

    public static Workflow Read(string text)
    {
        var reading = WorkflowFile.Read(".github/workflows/ci.yml", text);
        Assert.Empty(reading.Diagnostics);
        return Assert.IsType<Workflow>(reading.Workflow);
    }

    public static RunPlan Create(string text) => Create(text, Request);

    public static RunPlan Create(string text, RunRequest request)
    {
        var planning = RunPlan.Create(Read(text), request);
        Assert.Empty(planning.Diagnostics);
        return Assert.IsType<RunPlan>(planning.Plan);
    }

    public static RunState Run(string text) => new(Create(text));

    /// <summary>Data written as YAML: short to read in a table.</summary>
    public static ContextData Data(string yaml)
    {
        var document = YamlReader.Read("data.yml", yaml, 1, YamlLimits.Workflow);
        Assert.Empty(document.Diagnostics);
        return ContextValues.ToData(new TemplateEvaluator(new EvaluationContext(), []).Evaluate(document.Root));
    }

    /// <summary>A workflow of jobs, each one line of YAML flow mapping without its runner and steps.</summary>
    public static RunState RunJobs(params string[] jobs) => Run(
        "on: push\njobs:\n" + string.Concat(jobs.Select(job => $"  {job[..job.IndexOf(':')]}: {{runs-on: x, steps: [{{run: x}}], {job[(job.IndexOf(':') + 1)..]} }}\n")));

    public static string[] Ready(RunChanges changes) => [.. changes.Ready.Select(job => job.DisplayName)];

    public static string[] Concluded(RunChanges changes) => [.. changes.Concluded.Select(job => $"{job.Id} {job.Conclusion}")];
}
