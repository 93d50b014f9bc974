namespace Runner.Backends;

/// <summary>Places of a pool that wait for its jobs.</summary>
/// <param name="Ready">How many a job could have now.</param>
/// <param name="Starting">How many more are being made.</param>
/// <param name="Given">Jobs that got one, since the agent started.</param>
/// <param name="Missed">Jobs that would have fitted and found none, likewise.</param>
public sealed record WarmCount(int Ready, int Starting, long Given, long Missed);
