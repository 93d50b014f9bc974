using System.Globalization;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;

namespace Runner.Agent.Reruns;

/// <summary>Which job of which run a job's message is.</summary>
/// <param name="Repository">As <c>owner/name</c>.</param>
/// <param name="Run">The run's number at GitHub.</param>
/// <param name="Attempt">Which attempt of the run, from 1.</param>
/// <param name="Job">The job's number (<c>job.check_run_id</c>), or <c>null</c>: the server does not tell it.</param>
/// <param name="JobName">Its name, which is the same in each attempt.</param>
internal sealed record RunFacts(string Repository, long Run, int Attempt, long? Job, string JobName)
{
    /// <summary>What the message says; <c>null</c>: not enough to run it again.</summary>
    public static RunFacts? Of(JobMessage job)
    {
        var github = Find(job, "github");
        return github?.FindText("repository") is { } repository && repository.Split('/') is [{ Length: > 0 }, { Length: > 0 }]
            && long.TryParse(github.FindText("run_id"), NumberStyles.None, CultureInfo.InvariantCulture, out var run)
            && int.TryParse(github.FindText("run_attempt"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? new RunFacts(repository, run, attempt, Number(job), job.JobDisplayName)
            : null;
    }

    private static long? Number(JobMessage job) =>
        Find(job, "job")?.Find("check_run_id") is NumberData { Value: >= 1 and <= long.MaxValue } number ? (long)number.Value : null;

    private static DictionaryData? Find(JobMessage job, string name) => job.ContextData.TryGetValue(name, out var data) ? data as DictionaryData : null;
}
