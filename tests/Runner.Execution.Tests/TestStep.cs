using System.Text;
using Runner.Execution.FileCommands;
using Runner.Execution.Hosting;
using Runner.Execution.Matchers;
using Runner.Execution.Output;
using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Testing;

namespace Runner.Execution.Tests;

/// <summary>A step without a process: the test is its output.</summary>
internal sealed class TestStep : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SpareFiles _spareFiles = new();
    private readonly StepOutput _output;

    public TestStep(
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyDictionary<string, string>? workerEnvironment = null,
        params (string Name, string Value)[] variables)
    {
        var message = Some.Job() with { Variables = variables.ToDictionary(variable => variable.Name, variable => new VariableValue { Value = variable.Value }) };
        var payload = Some.Payload(message, _folder.FullPath);
        Job = new JobScope(payload, new JobHost { Environment = workerEnvironment ?? new Dictionary<string, string>() }, Reporter);
        Directory.CreateDirectory(Job.Paths.Temp);
        var id = StepId.New();
        Log = new StepLog(id, 3, Reporter, Job.Masker, Job.IsDebug);
        Scope = new StepScope(Job, id, Log)
        {
            Environment = environment ?? new Dictionary<string, string>(),
            Shared = new SharedEnvironment(),
            Matchers = new JobMatchers(),
        };
        _output = new StepOutput(Scope);
    }

    public RecordingReporter Reporter { get; } = new();

    public JobScope Job { get; }

    public StepScope Scope { get; }

    public StepLog Log { get; }

    public IReadOnlyList<string> Lines => Reporter.Lines;

    public string Workspace => Job.Paths.Workspace;

    /// <summary>Makes command files, those of a further step at each call.</summary>
    public StepFiles CreateFiles() => StepFiles.Create(Job.Paths.Temp, _spareFiles, artifacts: null);

    /// <summary>Prints lines as a process would.</summary>
    public TestStep Print(params string[] lines)
    {
        foreach (var line in lines)
        {
            _output.Line(Encoding.UTF8.GetBytes(line));
        }

        return this;
    }

    public void Dispose() => _folder.Dispose();
}
