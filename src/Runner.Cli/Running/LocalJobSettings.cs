using System.Collections.Immutable;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Network;
using Runner.Jobs.Secrets;
using Runner.Workflows.Planning;

namespace Runner.Cli.Running;

/// <summary>What all jobs of local runs are given beside their plan.</summary>
internal sealed record LocalJobSettings
{
    /// <summary>As whom they run.</summary>
    public required RunnerIdentity Runner { get; init; }

    /// <summary><c>github.token</c> and <c>secrets.GITHUB_TOKEN</c>; empty where the user gave none.</summary>
    public Secret GitHubToken { get; init; } = new(string.Empty);

    /// <summary>
    /// The services that a job talks to (artifacts, cache), with a token for that job. Default: an endpoint that leads nowhere.
    /// </summary>
    public Func<PlannedJob, PlanId, JobId, ServiceEndpoint> Services { get; init; } = static (_, _, _) => NoServices;

    /// <summary>Takes back the token of a job that has ended. Default: there was none.</summary>
    public Action<JobId> EndServices { get; init; } = static _ => { };

    /// <summary>
    /// Whether <c>actions/checkout</c> of the run's own repository is skipped, the workspace holding it already. Default true;
    /// <c>--no-skip-checkout</c> turns it off.
    /// </summary>
    public bool SkipsOwnCheckout { get; init; } = true;

    /// <summary>Further variables of the job messages, such as feature switches.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>Answers what a worker asks for (actions, the checkout), or <c>null</c>.</summary>
    public IWorkerRequestHandler? Requests { get; init; }

    /// <summary>How jobs reach the outside, or <c>null</c>: as their place does.</summary>
    public JobNetwork? Network { get; init; }

    /// <summary>Folder that is the workspace of the jobs itself (<c>--bind</c>), or <c>null</c>: each gets one of its own.</summary>
    public string? BoundWorkspace { get; init; }

    /// <summary>Checkout whose jobs' places stay when they fail (<c>--rm=false</c>), or <c>null</c>: none does.</summary>
    public string? KeepsFailedOf { get; init; }

    /// <summary>For how long a job stays where a step of it failed (<c>--on-failure hold</c>), or <c>null</c>: it goes on at once.</summary>
    public TimeSpan? HoldOnFailure { get; init; }

    /// <summary>Whether workers measure what jobs use (<c>--measure</c>).</summary>
    public bool Measures { get; init; }

    // The message must name an endpoint; a worker that reports to its launcher does not call it.
    private static ServiceEndpoint NoServices { get; } = new()
    {
        Name = "SystemVssConnection",
        Url = "http://localhost/",
        Authorization = new EndpointAuthorization { Scheme = "OAuth", Parameters = new Dictionary<string, string?>() },
    };
}
