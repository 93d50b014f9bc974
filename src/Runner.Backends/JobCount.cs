namespace Runner.Backends;

/// <summary>Jobs that have a place, whichever agent looks after them.</summary>
/// <param name="Launching">Whose worker does not run yet.</param>
/// <param name="Running">Whose worker runs.</param>
public sealed record JobCount(int Launching, int Running)
{
    /// <summary>Both.</summary>
    public int All => Launching + Running;
}
