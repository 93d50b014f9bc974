using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Runner.GitHub.Runs;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;

namespace Runner.Agent.Pools;

/// <summary>What places a job.</summary>
/// <param name="Labels">The labels.</param>
/// <param name="Warning">What the job's author should know of them, or <c>null</c>.</param>
internal sealed record JobSize(ImmutableArray<string> Labels, string? Warning);

/// <summary>
/// Finds the labels that place a job. Those that it asked for are not in its message: a scale set's queue has told them, else they are read over REST, by
/// one call and only of pools that have sizes.
/// </summary>
internal sealed class JobSizing(IWorkflowJobs jobs, TimeProvider time, ILogger<JobSizing> logger)
{
    // The job's lock is held for ten minutes from its acquisition; whoever wrote the workflow waits, but less for an answer than for the wrong machine.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>Finds them. Where they cannot be had, the job gets what the pool gives to jobs that ask for nothing.</summary>
    /// <param name="pool">The job's pool.</param>
    /// <param name="job">The job.</param>
    /// <param name="asked">Labels that it asks for, if they are known.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="WorkflowException">It asks for what the pool does not give.</exception>
    public async Task<JobSize> FindAsync(RunnerPool pool, JobMessage job, IReadOnlyList<string>? asked, CancellationToken cancellationToken)
    {
        if (!pool.HasSizes)
        {
            return new JobSize(pool.LabelsOf([]), Warning: null);
        }

        try
        {
            return new JobSize(pool.LabelsOf([.. asked ?? await AskAsync(job, cancellationToken)]), Warning: null);
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException)
        {
            logger.LabelsUnknown(job.JobId.ToString(), pool.Name, error.Message);
            return new JobSize(
                pool.LabelsOf([]), $"the labels of runs-on could not be read, so the job has the default size of pool '{pool.Name}': {error.Message}");
        }
    }

    private async Task<IReadOnlyList<string>> AskAsync(JobMessage job, CancellationToken cancellationToken)
    {
        if (Context(job, "job")?.Find("check_run_id") is not NumberData { Value: var number } || Context(job, "github")?.FindText("repository") is not { } repository)
        {
            throw new InfrastructureException("GitHub's message does not say which job of which repository it is");
        }

        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause *= 2)
        {
            try
            {
                return await AskOnceAsync(repository, (long)number, cancellationToken);
            }
            catch (InfrastructureException error) when (time.GetElapsedTime(began) + Longer(pause, error.RetryAfter) < Patience)
            {
                await Task.Delay(Longer(pause, error.RetryAfter), time, cancellationToken);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan? asked) => asked > pause ? asked.Value : pause;

    private async Task<IReadOnlyList<string>> AskOnceAsync(string repository, long number, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await jobs.FindLabelsAsync(repository, number, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new InfrastructureException($"GitHub did not answer within {AnswerLimit.TotalSeconds:0} s");
        }
    }

    private static DictionaryData? Context(JobMessage job, string name) => job.ContextData.TryGetValue(name, out var data) ? data as DictionaryData : null;
}
