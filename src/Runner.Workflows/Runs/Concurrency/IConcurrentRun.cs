namespace Runner.Workflows.Runs.Concurrency;

/// <summary>A run that shares concurrency groups with others, as these know it.</summary>
public interface IConcurrentRun
{
    /// <summary>Goes on after another run changed something for this one.</summary>
    RunChanges Continue();
}
