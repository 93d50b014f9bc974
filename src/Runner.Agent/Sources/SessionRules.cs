using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>What a slot does when the broker refuses a call.</summary>
internal enum SessionDecision
{
    /// <summary>Open the session anew.</summary>
    Reopen,

    /// <summary>Register a new runner.</summary>
    NewRunner,

    /// <summary>Wait, then register a new runner; an operator may have to do something.</summary>
    Wait,
}

/// <summary>Decides about refusals (<c>sessions-and-messages.md</c> sections 2.1 and 3.3). Pure.</summary>
internal static class SessionRules
{
    public static SessionDecision On(ProtocolErrorKind refusal) => refusal switch
    {
        ProtocolErrorKind.SessionInvalid => SessionDecision.Reopen,
        ProtocolErrorKind.RunnerNotFound or ProtocolErrorKind.InvalidClient or ProtocolErrorKind.RunnerDeprovisioned => SessionDecision.NewRunner,
        _ => SessionDecision.Wait,
    };
}
