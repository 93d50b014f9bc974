using System.Globalization;
using System.Text.RegularExpressions;
using Runner.Backends;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;

namespace Runner.Agent.Board;

/// <summary>What is shown of a job when it is taken, from its message. Pure.</summary>
internal static partial class JobFacts
{
    /// <summary>The view of a job that begins here.</summary>
    /// <param name="launch">The job.</param>
    /// <param name="server">GitHub's web address, or <c>null</c>: there are no links.</param>
    public static JobView Of(JobLaunch launch, Uri? server) => Of(launch.Job, server) with
    {
        Pool = launch.Pool,
        Runner = ShownText.Name(launch.Runner.Name) ?? "-",
        Labels = [.. launch.Labels.Select(label => ShownText.Name(label) ?? string.Empty)],
        Attempt = launch.Attempt,
        Times = new JobMoments { Seen = launch.MessageSeen },
    };

    /// <summary>What its message alone says.</summary>
    public static JobView Of(JobMessage job, Uri? server)
    {
        var github = Context(job, "github");
        var (repository, run) = (github?.FindText("repository"), github?.FindText("run_id"));
        var runUrl = server is not null && repository is not null && run is not null && Repository().IsMatch(repository) && run.All(char.IsAsciiDigit)
            ? new Uri(server, $"/{repository}/actions/runs/{run}")
            : null;
        return new JobView
        {
            Id = job.JobId.ToString(),
            Name = ShownText.Name(job.JobDisplayName) ?? job.JobId.ToString(),
            Workflow = ShownText.Name(github?.FindText("workflow")),
            Repository = ShownText.Name(repository),
            Ref = ShownText.Name(github?.FindText("ref_name")),
            Actor = ShownText.Name(github?.FindText("actor")),
            Event = ShownText.Name(github?.FindText("event_name")),
            RunNumber = ShownText.Name(github?.FindText("run_number")),
            RunUrl = runUrl,
            JobUrl = runUrl is not null && Number(job) is { } number
                ? new Uri(string.Create(CultureInfo.InvariantCulture, $"{runUrl.AbsoluteUri}/job/{number}"))
                : null,
            Pool = "-",
            Runner = "-",
        };
    }

    private static long? Number(JobMessage job) =>
        Context(job, "job")?.Find("check_run_id") is NumberData { Value: >= 1 and <= long.MaxValue } number ? (long)number.Value : null;

    private static DictionaryData? Context(JobMessage job, string name) => job.ContextData.TryGetValue(name, out var data) ? data as DictionaryData : null;

    // What is in the path of a link is nothing else.
    [GeneratedRegex("^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$", RegexOptions.CultureInvariant)]
    private static partial Regex Repository();
}
