using Microsoft.Extensions.Logging;
using Runner.Jobs.Secrets;
using Runner.Services.Records;

namespace Runner.Emulator.Options;

/// <summary>The protocols that runners get and report jobs by.</summary>
public enum EmulatorProtocol
{
    /// <summary>Broker, run service and results service, as on github.com.</summary>
    V2,

    /// <summary>Pools of agents, plans and timelines, as on an Enterprise Server. The services of the newer one are not there.</summary>
    V1,
}

/// <summary>Settings of the emulator.</summary>
public sealed record EmulatorOptions
{
    /// <summary>Address that the server listens on: a name or IP address. Default 127.0.0.1; <c>0.0.0.0</c> for all.</summary>
    public string ListenAddress { get; set; } = "127.0.0.1";

    /// <summary>Port that the server listens on; 0 takes any free one. Default 0.</summary>
    public int Port { get; set; }

    /// <summary>
    /// Further addresses to listen on, such as <c>http://127.0.0.1:80</c>. Default none. GitHub's own runner drops the port of
    /// <c>config.sh --url</c> when it registers (it builds <c>{scheme}://{host}/api/v3/…</c>), so to configure one that way the
    /// emulator has to listen on port 80 too; <c>--jitconfig</c> needs nothing of the kind.
    /// </summary>
    public IReadOnlyList<Uri> AlsoListen { get; set; } = [];

    /// <summary>
    /// Address under which runners and workers reach the server, where that is not the one it listens on (pods reach the host by
    /// another name). Default <c>null</c>: the address it listens on. A port of 0 stands for the port in use.
    /// </summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>
    /// What jobs take for GitHub's own address (<c>github.server_url</c>). Default <c>null</c>: <c>http://github.localhost:PORT</c> where
    /// the server is reached by a loopback address, else that address. GitHub's clients refuse artifacts where its host is neither
    /// <c>github.com</c> nor below <c>.ghe.com</c> or <c>.localhost</c>.
    /// </summary>
    public Uri? ServerUrl { get; set; }

    /// <summary>Protocol that all runners speak. Default <see cref="EmulatorProtocol.V2"/>.</summary>
    public EmulatorProtocol Protocol { get; set; } = EmulatorProtocol.V2;

    /// <summary>Whether the REST API makes JIT configurations. Default true; else runners are registered as agents of a pool (V1).</summary>
    public bool JitConfigs { get; set; } = true;

    /// <summary>
    /// Whether runners are told to use FIPS cryptography: PS256 for their assertions and, with V1, OAEP-SHA256 for the key of a session. Default true, as GitHub
    /// does; else RS256 and OAEP-SHA1.
    /// </summary>
    public bool RequireFips { get; set; } = true;

    /// <summary>Version of the plans of V1 jobs. Default 9; jobs of a plan below 8 end with their request, not by an event.</summary>
    public int PlanVersion { get; set; } = 9;

    /// <summary>How much artifacts and caches may take, and for how long.</summary>
    public ServiceLimits Limits { get; set; } = new();

    /// <summary>The personal access token that the REST API takes. Default <c>emulator</c>.</summary>
    public Secret PersonalAccessToken { get; set; } = new("emulator");

    /// <summary>Public key of a GitHub App, PEM, whose JWTs get installation tokens; <c>null</c>: there is no App.</summary>
    public string? AppPublicKey { get; set; }

    /// <summary>Id (or client id) that the App's JWTs must name as issuer; <c>null</c>: any.</summary>
    public string? AppId { get; set; }

    /// <summary>
    /// Folder for logs and summaries, kept when the server ends. Default <c>null</c>: a folder of its own under the temporary one,
    /// deleted at the end.
    /// </summary>
    public string? DataFolder { get; set; }

    /// <summary>How long a job belongs to its runner after each renewal. Default 10 min.</summary>
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a runner may take from the message to the acquisition before the job goes to another one. Default 1 min.</summary>
    public TimeSpan OfferDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a job is offered in vain before it is cancelled. Default 5; GitHub's number is not known.</summary>
    public int MaxOffers { get; set; } = 5;

    /// <summary>
    /// How long the session of an ephemeral runner whose job has ended is answered at once and emptily; after that the runner is not known any more. Default 10 s.
    /// </summary>
    public TimeSpan SpentDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long after its registration a runner is not known to the token endpoint yet, as GitHub shows now and then. Default 0: GitHub's own runner gives up there.
    /// </summary>
    public TimeSpan RegistrationLag { get; set; } = TimeSpan.Zero;

    /// <summary>How long a poll is held when there is nothing to say. Default 50 s.</summary>
    public TimeSpan PollDuration { get; set; } = TimeSpan.FromSeconds(50);

    /// <summary>How long a session lives without a poll. Default 100 s.</summary>
    public TimeSpan SessionDuration { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Whether scale sets are offered jobs that they must acquire, as an Enterprise Server does. Default false: jobs are assigned to them directly, as on github.com.
    /// </summary>
    public bool ScaleSetsAcquire { get; set; }

    /// <summary>Whether scale sets may have several labels. Default true; else all but the first are dropped in silence, as on an older Enterprise Server.</summary>
    public bool ScaleSetLabels { get; set; } = true;

    /// <summary>How long a scale set's message session lives without a poll. Default 100 s; GitHub's number is not known.</summary>
    public TimeSpan ScaleSetSessionDuration { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How long the token of a scale set's queue is valid. Default 50 min.</summary>
    public TimeSpan ScaleSetTokenDuration { get; set; } = TimeSpan.FromMinutes(50);

    /// <summary>How long a job that is assigned to a scale set waits for one of its runners before it is taken back. Default 5 min, GitHub's own.</summary>
    public TimeSpan AssignmentDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the token that administers scale sets is valid. Default 15 min: GitHub's was refused after 17.</summary>
    public TimeSpan AdminTokenDuration { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a runner's access token is valid. Default 50 min.</summary>
    public TimeSpan AccessTokenDuration { get; set; } = TimeSpan.FromMinutes(50);

    /// <summary>How long a signed upload address is valid. Default 1 h.</summary>
    public TimeSpan UploadUrlDuration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many ended runs are kept; older ones are forgotten with their logs. Default 1000.</summary>
    public int KeptRuns { get; set; } = 1000;

    /// <summary>
    /// Whether all JIT configurations share one RSA key. Default false: each runner gets its own, as from GitHub, which costs some
    /// 50 to 200 ms of processor time; benchmarks with hundreds of slots share.
    /// </summary>
    public bool ShareRunnerKey { get; set; }

    /// <summary>Secrets that every queued workflow gets beside its own. Default none.</summary>
    public IReadOnlyDictionary<string, Secret> Secrets { get; set; } = new Dictionary<string, Secret>();

    /// <summary>
    /// Repositories of actions: <c>owner/repo</c> to a folder, which is a git repository (branches, tags and commits are git's) or any
    /// other folder (every ref stands for its files as they are). Default none.
    /// </summary>
    public IReadOnlyDictionary<string, string> ActionRepositories { get; set; } = new Dictionary<string, string>();

    /// <summary>Folder of further such repositories, each at <c>owner/repo</c> below it. Default <c>null</c>: none.</summary>
    public string? ActionsFolder { get; set; }

    /// <summary>Told of each request once it was answered. Default <c>null</c>: nobody.</summary>
    public Action<AnsweredCall>? Answered { get; set; }

    /// <summary>Takes the server's own log, such as an exception in a handler. Default <c>null</c>: nowhere.</summary>
    public ILoggerFactory? Logging { get; set; }

    /// <summary>The clock of tokens, locks, polls and sessions. Default the machine's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}

/// <summary>A request that was answered.</summary>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Path">Its path, without the query.</param>
/// <param name="Began">When it came.</param>
/// <param name="Ended">When its answer was written.</param>
public sealed record AnsweredCall(string Method, string Path, DateTimeOffset Began, DateTimeOffset Ended);
