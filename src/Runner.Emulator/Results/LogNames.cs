using Runner.Jobs;

namespace Runner.Emulator.Results;

/// <summary>Names of the blobs that a job's logs and summaries are kept in.</summary>
internal static class LogNames
{
    /// <summary>Begins the names of all that a job has.</summary>
    public static string Folder(JobId job) => $"{job}/";

    public static string Job(JobId job) => $"{job}/job.txt";

    public static string Step(JobId job, StepId step) => $"{job}/steps/{step}.txt";

    public static string Summary(JobId job, StepId step) => $"{job}/summaries/{step}.md";

    public static string Diagnostics(JobId job) => $"{job}/diagnostics.zip";
}
