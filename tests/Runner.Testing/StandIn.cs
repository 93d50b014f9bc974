namespace Runner.Testing;

/// <summary>What shell scripts need that stand in for the worker.</summary>
public static class StandIn
{
    /// <summary>
    /// <c>outcome_of succeeded reported REASON</c> prints an outcome with the proof that the key in <c>$payload</c> makes, as the worker does
    /// (<see cref="Jobs.Outcomes.OutcomeProof"/>).
    /// </summary>
    public const string Outcome = """
        outcome_key=$(printf %s "$payload" | sed 's/.*"outcomeKey":"\([^"]*\)".*/\1/')
        outcome_of() {
          [ "$2" = reported ] && told=true || told=false
          proof=$(printf '%s/%s/%s' "$outcome_key" "$1" "$2" | sha256sum | cut -d' ' -f1)
          printf '{"conclusion":"%s","isReported":%s,"reason":"%s","proof":"%s"}' "$1" "$told" "${3:-}" "$proof"
        }

        """;
}
