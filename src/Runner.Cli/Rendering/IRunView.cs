using Runner.Cli.Running;

namespace Runner.Cli.Rendering;

/// <summary>Shows runs as they go. Calls come one at a time.</summary>
internal interface IRunView : IDisposable
{
    /// <summary>Something happened.</summary>
    void Show(RunEvent happened);

    /// <summary>All is over: tells how it went.</summary>
    void Finish();
}
