using Runner.Execution.Matchers;
using Runner.Execution.Reporting;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Execution.Scopes;

/// <summary>One step while it runs: where its commands leave what they set.</summary>
internal sealed class StepScope(JobScope job, StepId id, StepLog log)
{
    // A step could make the JavaScript actions after it load foreign code with it.
    private const string RefusedVariable = "NODE_OPTIONS";

    private const int MaxShown = 40;

    private readonly OrderedDictionary<string, string> _outputs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The job that the step belongs to.</summary>
    public JobScope Job { get; } = job;

    /// <summary>Id of its record.</summary>
    public StepId Id { get; } = id;

    /// <summary>Its log.</summary>
    public StepLog Log { get; } = log;

    /// <summary>Whether recognised commands are printed.</summary>
    public bool IsEchoOn { get; set; } = job.IsDebug;

    /// <summary>The step's <c>env</c> context: the job's variables with its own.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Turns a path that its process names into one of this machine; containers see folders elsewhere.</summary>
    public Func<string, string> ToWorkerPath
    {
        get => field ?? (path => path);
        set
        {
            field = value;
            SeesOtherPaths = true;
        }
    }

    /// <summary>Whether its process sees other folders than this machine has.</summary>
    public bool SeesOtherPaths { get; private set; }

    /// <summary>Its outputs so far.</summary>
    public IReadOnlyDictionary<string, string> Outputs => _outputs;

    /// <summary>What it saved for a later stage.</summary>
    public OrderedDictionary<string, string> State { get; init; } = new(StringComparer.Ordinal);

    /// <summary>What it leaves to the steps after it.</summary>
    public required SharedEnvironment Shared { get; init; }

    /// <summary>The job's problem matchers, which look at its output.</summary>
    public required JobMatchers Matchers { get; init; }

    /// <summary>Whether a command of its could not be carried out.</summary>
    public bool HasFailedByCommand { get; private set; }

    /// <summary>Sets an output; the last value counts.</summary>
    /// <exception cref="WorkflowException">It has no name.</exception>
    public void SetOutput(string name, string value) =>
        _outputs[name.Length > 0 ? name : throw new WorkflowException($"An output must have a name, the one with the value '{Start(value)}' has none")] = value;

    /// <summary>Keeps a value for the post stage.</summary>
    /// <exception cref="WorkflowException">No process could be given it.</exception>
    public void SaveState(string name, string value)
    {
        ProcessText.Check($"The state '{name}'", name, value);
        State[name] = value;
    }

    /// <summary>Puts a folder in front of PATH for the later steps.</summary>
    /// <exception cref="WorkflowException">No process could be given it.</exception>
    public void AddPath(string folder)
    {
        ProcessText.Check("The folder for PATH", folder);
        Shared.AddPath(folder);
    }

    /// <summary>
    /// Sets a variable for the later steps. One that GitHub refuses is refused with an error in the log, and the step goes on.
    /// </summary>
    /// <exception cref="WorkflowException">It has no name, or no process could be given it.</exception>
    public void SetEnvironment(string name, string value)
    {
        if (name.Length == 0)
        {
            throw new WorkflowException($"A variable must have a name, the one with the value '{Start(value)}' has none");
        }

        ProcessText.Check($"The variable '{name}'", name, value);
        if (name.Equals(RefusedVariable, StringComparison.OrdinalIgnoreCase))
        {
            Log.Error($"Can't store {RefusedVariable} output parameter using '$GITHUB_ENV' command.");
            return;
        }

        Shared.Set(name, value);
    }

    /// <summary>The step fails at its end, whatever its exit code.</summary>
    public void FailByCommand() => HasFailedByCommand = true;

    /// <summary>Whether a switch is <c>true</c> in the worker's environment or the step's.</summary>
    public bool Allows(string variable) => IsTrue(Job.Host.Environment, variable) || IsTrue(Environment, variable);

    private static string Start(string value) => value.Length <= MaxShown ? value : value[..MaxShown] + "…";

    private static bool IsTrue(IReadOnlyDictionary<string, string> variables, string name) =>
        variables.TryGetValue(name, out var text) && bool.TryParse(text, out var value) && value;
}
