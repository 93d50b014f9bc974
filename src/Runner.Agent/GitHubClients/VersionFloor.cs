using Runner.Protocol.Http;

namespace Runner.Agent.GitHubClients;

/// <summary>Tells what to do where GitHub takes no runner of our version any more: of all refusals the one that a setting mends.</summary>
internal static class VersionFloor
{
    public static async Task<T> ToldAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.VersionTooOld)
        {
            throw new ProtocolException(
                ProtocolErrorKind.VersionTooOld,
                $"GitHub refuses the version that is announced as too old; upgrade this runner, or set github.runnerVersion to a newer one: {refusal.Message}");
        }
    }
}
