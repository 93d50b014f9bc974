using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;

namespace Runner.Services.Records;

/// <summary>Work that a request or a look through what is kept does besides: where what is kept cannot be reached or written it is left for later, and logged.</summary>
internal static class BestEffort
{
    /// <summary>Does it; false: it failed.</summary>
    /// <param name="logger">Told why it failed.</param>
    /// <param name="what">What it is, as a noun.</param>
    /// <param name="work">The work.</param>
    public static async Task<bool> TryAsync(ILogger logger, string what, Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception error) when (error is InfrastructureException or IOException or UnauthorizedAccessException)
        {
            logger.LeftForLater(what, error.Message);
            return false;
        }
    }
}
