using System.Text;

namespace Runner.Backends.Docker.Actions;

/// <summary>Lines of the launcher's own in the log of a step that runs a container, before the container prints.</summary>
/// <remarks>It writes without await, as the engine's progress is told without: a slow worker slows the pull down.</remarks>
internal sealed class ActionLog(Stream output)
{
    /// <summary>A line.</summary>
    public void Line(string text) => output.Write(Encoding.UTF8.GetBytes(text.Replace('\n', ' ') + "\n"));

    /// <summary>A group, until it is disposed.</summary>
    public IDisposable Group(string title)
    {
        Line($"##[group]{title}");
        return new OpenGroup(this);
    }

    private sealed class OpenGroup(ActionLog log) : IDisposable
    {
        public void Dispose() => log.Line("##[endgroup]");
    }
}
