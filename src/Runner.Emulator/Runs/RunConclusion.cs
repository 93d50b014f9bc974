using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Runs;

/// <summary>How a run ended, from how its jobs did.</summary>
internal static class RunConclusion
{
    /// <summary>A failure weighs most, then a cancellation; a run of which nothing else is known succeeded.</summary>
    public static Conclusion Of(IEnumerable<Conclusion?> jobs)
    {
        var all = jobs.ToList();
        return all.Exists(conclusion => conclusion is Conclusion.Failed or Conclusion.Abandoned) ? Conclusion.Failed
            : all.Contains(Conclusion.Canceled) ? Conclusion.Canceled
            : all.Count > 0 && all.TrueForAll(conclusion => conclusion == Conclusion.Skipped) ? Conclusion.Skipped
            : Conclusion.Succeeded;
    }
}
