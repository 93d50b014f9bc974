using Runner.Agent.Monitoring;
using Runner.Protocol.Broker;
using Runner.Protocol.OAuth;

namespace Runner.Agent.GitHubClients;

/// <summary>What a session does with a message before anybody else sees it, whichever way it came.</summary>
internal static class SessionMessages
{
    /// <summary>Does it; <c>null</c>: there is nothing left to do.</summary>
    public static async Task<IncomingMessage?> HandleAsync(IncomingMessage? message, OAuthTokenClient tokens, AgentMetrics metrics, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case TokenRefreshAsked:
                tokens.TryDrop(await tokens.GetAsync(cancellationToken));
                return null;
            case UnknownMessage or UnreadableMessage:
                metrics.GitHub.MessageIgnored(message is UnknownMessage ? "unknown" : "unreadable");
                return message;
            default:
                return message;
        }
    }
}
