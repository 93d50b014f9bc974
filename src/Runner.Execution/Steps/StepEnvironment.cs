using Runner.Execution.Contexts;
using Runner.Execution.Scopes;
using Runner.Jobs.Launch;
using Runner.Jobs.Network;

namespace Runner.Execution.Steps;

/// <summary>Lays the environment of a step's process together (<c>worker-semantics.md</c> section 4). Later layers win.</summary>
internal static class StepEnvironment
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The environment of a process on this machine.</summary>
    /// <param name="inputs">The action's inputs; none for a script.</param>
    public static Dictionary<string, string> Of(StepRun run, StepKind kind, IReadOnlyDictionary<string, string> inputs)
    {
        // Layer 1: the machine's.
        var variables = OfMachine(run.Level.Job);

        // Layers 2 to 4: the workflow's and the action's.
        if (kind != StepKind.Hook)
        {
            Add(variables, OfWorkflow(run, inputs));
            Settle(variables, run.Level.Job);
        }

        // Layer 5: folders that steps added.
        variables["PATH"] = Added(run, PathOf(variables));

        // Layers 6 to 8: what users cannot override.
        Add(variables, OfRunner(run, kind));
        variables.TryAdd("CI", "true");
        return variables;
    }

    /// <summary>
    /// The environment of a container: the machine's has no place in it, but for the way to the outside. Paths are still those of the job.
    /// </summary>
    public static Dictionary<string, string> OfContainer(StepRun run, IReadOnlyDictionary<string, string> inputs)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(variables, OfLauncher(run.Level.Job));
        Add(variables, OfWorkflow(run, inputs));
        Settle(variables, run.Level.Job);
        Add(variables, OfRunner(run, StepKind.Container));
        variables.TryAdd("CI", "true");
        return variables;
    }

    /// <summary>What the machine and its operator give to every process.</summary>
    public static Dictionary<string, string> OfMachine(JobScope job)
    {
        var variables = new Dictionary<string, string>(job.Host.Environment, StringComparer.Ordinal);
        Add(variables, job.Payload.Environment);
        if (job.Paths.Home is { } home)
        {
            variables["HOME"] = home;
        }

        variables[JobScope.TrackingVariable] = job.TrackingId;
        return variables;
    }

    /// <summary>
    /// Where the runner itself looks for the program of a step: in the folders that steps added and in its own PATH. One that the workflow sets is for what
    /// the step runs (GitHub's runner: <c>WhichUtil.Which</c> with the added folders).
    /// </summary>
    public static string SearchPath(StepRun run) => Added(run, PathOf(OfMachine(run.Level.Job)));

    /// <summary>PATH of an environment, or the usual one where it has none.</summary>
    public static string PathOf(IReadOnlyDictionary<string, string> variables) =>
        variables.GetValueOrDefault("PATH") is { Length: > 0 } path ? path : DefaultPath;

    private static string Added(StepRun run, string path) => string.Join(':', run.Scope.Shared.Paths.Append(path));

    // What the worker laid under the machine's environment, as the job's launcher asks for.
    private static IEnumerable<KeyValuePair<string, string>> OfLauncher(JobScope job)
    {
        var hasNetwork = job.Payload is not { Proxy: null, ExtraCertificates: null };
        return job.Host.Environment.Where(variable =>
            (hasNetwork && NetworkVariables.Names.Contains(variable.Key)) || (job.Payload.Tracing is not null && variable.Key == TraceTarget.ParentVariable));
    }

    private static void Settle(Dictionary<string, string> variables, JobScope job)
    {
        if (job.Payload.Proxy is not null)
        {
            NetworkVariables.Settle(variables, job.Host.Environment);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> OfWorkflow(StepRun run, IReadOnlyDictionary<string, string> inputs) =>
    [
        .. run.Scope.Environment,
        .. run.Use.State.Select(state => KeyValuePair.Create($"STATE_{state.Key}", state.Value)),
        .. inputs.Select(input => KeyValuePair.Create($"INPUT_{input.Key.Replace(' ', '_').ToUpperInvariant()}", input.Value)),
    ];

    private static IEnumerable<KeyValuePair<string, string>> OfRunner(StepRun run, StepKind kind) =>
    [
        .. GitHubContext.Variables(run.GitHub),
        .. RunnerContext.Variables(run.Level.Runner),
        .. kind == StepKind.Hook ? [] : ServiceVariables.Of(run, kind),
        KeyValuePair.Create("GITHUB_ACTIONS", "true"),
    ];

    private static void Add(Dictionary<string, string> variables, IEnumerable<KeyValuePair<string, string>> layer)
    {
        foreach (var (name, value) in layer)
        {
            variables[name] = value;
        }
    }
}
