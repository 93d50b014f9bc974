using Runner.Execution.Jobs;
using Runner.Jobs;

namespace Runner.Execution.Steps;

/// <summary>One step while it runs: where its commands leave what they set.</summary>
internal sealed class StepScope(JobScope job, StepId id, StepLog log)
{
    private readonly OrderedDictionary<string, string> _outputs = new(StringComparer.OrdinalIgnoreCase);
    private readonly OrderedDictionary<string, string> _state = new(StringComparer.Ordinal);

    /// <summary>The job that the step belongs to.</summary>
    public JobScope Job { get; } = job;

    /// <summary>Id of its record.</summary>
    public StepId Id { get; } = id;

    /// <summary>Its log.</summary>
    public StepLog Log { get; } = log;

    /// <summary>Whether recognised commands are printed.</summary>
    public bool IsEchoOn { get; set; } = job.IsDebug;

    /// <summary>The step's <c>env</c> context: the job's variables with its own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = job.Environment;

    /// <summary>Its outputs so far.</summary>
    public IReadOnlyDictionary<string, string> Outputs => _outputs;

    /// <summary>What it saved for its post stage.</summary>
    public IReadOnlyDictionary<string, string> State => _state;

    /// <summary>Whether a command of its could not be carried out.</summary>
    public bool HasFailedByCommand { get; private set; }

    /// <summary>Sets an output; the last value counts.</summary>
    public void SetOutput(string name, string value) => _outputs[name] = value;

    /// <summary>Keeps a value for the post stage.</summary>
    public void SaveState(string name, string value) => _state[name] = value;

    /// <summary>The step fails at its end, whatever its exit code.</summary>
    public void FailByCommand() => HasFailedByCommand = true;

    /// <summary>Whether a switch is <c>true</c> in the worker's environment or the step's.</summary>
    public bool Allows(string variable) => IsTrue(Job.Host.Environment, variable) || IsTrue(Environment, variable);

    private static bool IsTrue(IReadOnlyDictionary<string, string> variables, string name) =>
        variables.TryGetValue(name, out var text) && bool.TryParse(text, out var value) && value;
}
