using Runner.Emulator;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Corpus;

/// <summary>Runs a case at an emulator whose agent is on any backend, and compares.</summary>
internal static class CorpusCheck
{
    /// <summary>Queues the case's workflow.</summary>
    public static RunInfo Queue(EmulatorServer emulator, CorpusCase corpus) => emulator.QueueWorkflow(new WorkflowRequest
    {
        Workflow = corpus.Workflow,
        Path = $".github/workflows/{corpus.Name}.yml",
        Secrets = corpus.Secrets,
        Vars = corpus.Vars,
        Repository = "acme/corpus",
    });

    /// <summary>Waits for the run and compares what came of it with what was expected: all differences at once.</summary>
    public static async Task AssertAsync(AgentOnHost agent, CorpusCase corpus, long run, CancellationToken cancellationToken)
    {
        var emulator = agent.Emulator;
        var ended = await agent.WaitForRunAsync(run, cancellationToken);
        var problems = new List<string>();
        foreach (var expected in corpus.Jobs)
        {
            var job = ended.Jobs.FirstOrDefault(job => job.Name == expected.Name) ?? ended.Job(expected.Name);
            var log = job.Id == default ? string.Empty : await emulator.ReadLogAsync(job.Id, cancellationToken) ?? string.Empty;
            var found = Compare(expected, job, log).ToArray();
            problems.AddRange(found);
            if (found.Length > 0)
            {
                problems.Add($"log of {expected.Name}:\n{log}{job.Reason}");
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static IEnumerable<string> Compare(ExpectedJob expected, JobInfo job, string log)
    {
        if (Word(job.Conclusion) != expected.Conclusion)
        {
            yield return $"{expected.Name}: expected {expected.Conclusion}, got {Word(job.Conclusion)}";
        }

        foreach (var (name, value) in expected.Outputs.Where(output => job.Outputs.GetValueOrDefault(output.Key) != output.Value))
        {
            yield return $"{expected.Name}: expected output {name} '{value}', got '{job.Outputs.GetValueOrDefault(name)}'";
        }

        foreach (var (name, conclusion) in expected.Steps)
        {
            var step = job.Steps.FirstOrDefault(step => step.Name == name);
            if (step is null || Word(step.Conclusion) != conclusion)
            {
                yield return $"{expected.Name}: expected step '{name}' {conclusion}, got {(step is null ? "no such step" : Word(step.Conclusion))}";
            }
        }

        var at = 0;
        var lines = LogLines.Texts(log).ToArray();
        foreach (var line in expected.Log)
        {
            var found = Array.IndexOf(lines, line, at);
            if (found < 0)
            {
                yield return $"{expected.Name}: the log lacks '{line}'" + (Array.IndexOf(lines, line) >= 0 ? " at this place; it stands before another expected line" : string.Empty);
            }
            else
            {
                at = found + 1;
            }
        }

        foreach (var line in expected.InLog.Where(line => !lines.Contains(line, StringComparer.Ordinal)))
        {
            yield return $"{expected.Name}: the log lacks '{line}'";
        }

        foreach (var text in expected.NotInLog.Where(text => log.Contains(text, StringComparison.Ordinal)))
        {
            yield return $"{expected.Name}: the log holds '{text}'";
        }
    }

    private static string Word(Conclusion? conclusion) => conclusion switch
    {
        null => "no conclusion",
        Conclusion.Succeeded => "success",
        Conclusion.Failed => "failure",
        Conclusion.Canceled => "cancelled",
        Conclusion.Skipped => "skipped",
        { } other => other.ToString(),
    };
}
