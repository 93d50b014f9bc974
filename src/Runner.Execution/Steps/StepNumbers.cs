namespace Runner.Execution.Steps;

/// <summary>Numbers of the steps shown, as GitHub's runner gives them.</summary>
/// <remarks>
/// Post steps are found while the job runs and stand in reverse order. So as many numbers as were given are kept for them when the first
/// one comes, and they are taken from the end.
/// </remarks>
internal sealed class StepNumbers
{
    private readonly Lock _lock = new();
    private int _last;
    private int _posts;

    /// <summary>The number of the next step.</summary>
    public int Next()
    {
        lock (_lock)
        {
            return ++_last;
        }
    }

    /// <summary>The number of the post step that was found next: it runs before those found earlier.</summary>
    public int NextPost()
    {
        lock (_lock)
        {
            if (_posts == 0)
            {
                _last *= 2;
            }

            return _last - _posts++;
        }
    }
}
