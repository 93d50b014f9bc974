using System.Collections.Immutable;
using Runner.Jobs.Data;
using Runner.Jobs.Outcomes;

namespace Runner.Workflows.Planning;

/// <summary>How a job ended that another one needs, all legs of its matrix together.</summary>
/// <param name="JobId">Key of the job.</param>
/// <param name="Conclusion">Succeeded, Failed, Canceled or Skipped.</param>
/// <param name="Outputs">Its outputs.</param>
public sealed record NeedResult(string JobId, Conclusion Conclusion, ImmutableArray<KeyValuePair<string, string>> Outputs)
{
    /// <summary>The word that <c>needs.x.result</c> has for a conclusion.</summary>
    public static string Word(Conclusion conclusion) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => "success",
        Conclusion.Failed or Conclusion.Abandoned => "failure",
        Conclusion.Canceled => "cancelled",
        Conclusion.Skipped => "skipped",
        _ => throw new ArgumentOutOfRangeException(nameof(conclusion), conclusion, "No such conclusion"),
    };

    /// <summary>The entry in the <c>needs</c> context.</summary>
    internal DictionaryData ToData() => new(
    [
        KeyValuePair.Create<string, ContextData>("outputs", DictionaryData.FromStrings(Outputs)),
        KeyValuePair.Create<string, ContextData>("result", new StringData(Word(Conclusion))),
    ]);
}
