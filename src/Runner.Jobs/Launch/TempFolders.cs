namespace Runner.Jobs.Launch;

/// <summary>
/// Names of the folders below <see cref="WorkPaths.Temp"/> that a container action sees at places of their own, too: a backend whose
/// containers cannot be given parts of a volume makes each a volume. The names are those of GitHub's runner.
/// </summary>
public static class TempFolders
{
    /// <summary><c>HOME</c> of container actions, <c>/github/home</c> there.</summary>
    public const string Home = "_github_home";

    /// <summary>Holds <c>event.json</c>; <c>/github/workflow</c> there.</summary>
    public const string Workflow = "_github_workflow";

    /// <summary>Holds the files of <c>GITHUB_ENV</c> and its like; <c>/github/file_commands</c> there.</summary>
    public const string FileCommands = "_runner_file_commands";
}
