namespace Runner.Jobs.Outcomes;

/// <summary>What several conclusions come to together.</summary>
public static class Conclusions
{
    /// <summary>
    /// Of the legs of a matrix, the jobs of a run, or runs: Failed where one failed, else Canceled where one was, else Succeeded where one did;
    /// Skipped where all were or there is none.
    /// </summary>
    public static Conclusion WorstOf(IEnumerable<Conclusion> conclusions)
    {
        var all = conclusions.ToHashSet();
        return all switch
        {
            _ when all.Contains(Conclusion.Failed) => Conclusion.Failed,
            _ when all.Contains(Conclusion.Canceled) => Conclusion.Canceled,
            _ when all.Contains(Conclusion.Succeeded) => Conclusion.Succeeded,
            _ => Conclusion.Skipped,
        };
    }
}
