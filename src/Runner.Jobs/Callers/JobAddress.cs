namespace Runner.Jobs.Callers;

/// <summary>Addresses that show the token of a job, for clients whose header has another one.</summary>
public static class JobAddress
{
    /// <summary>Where their paths begin.</summary>
    public const string Root = "/jobs/";

    /// <summary>The address of a server for one job, ending in a slash.</summary>
    public static Uri Of(Uri server, string token) => new(server, $"{Root[1..]}{token}/");
}
