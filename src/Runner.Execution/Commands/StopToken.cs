namespace Runner.Execution.Commands;

/// <summary><c>::stop-commands::token</c>: nothing is a command until <c>::token::</c>.</summary>
internal static class StopToken
{
    public const string CommandName = "stop-commands";

    /// <summary>Name of the variable that allows any token.</summary>
    public const string AllowUnsecureVariable = "ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS";

    // Shorter ones would mask half of the log.
    private const int MinMaskedLength = 7;

    private static readonly string[] Refused = ["pause-logging"];

    /// <summary>
    /// Whether commands may be stopped by this token. A guessable one would let anybody's output switch commands on again.
    /// </summary>
    public static bool IsAcceptable(string token, Func<string, bool> isCommandName) =>
        token.Length > 0 && !isCommandName(token) && !Refused.Contains(token, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the token is long enough to be masked.</summary>
    public static bool IsMasked(string token) => token.Length >= MinMaskedLength;
}
