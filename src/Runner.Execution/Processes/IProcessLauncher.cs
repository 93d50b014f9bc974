namespace Runner.Execution.Processes;

/// <summary>Starts child processes. One implementation for each kind of operating system.</summary>
internal interface IProcessLauncher
{
    /// <summary>Starts a process whose standard output and error come line by line, in true order, to <paramref name="output"/>.</summary>
    /// <param name="output">Called from one thread. While it does not return, the process waits at a full pipe.</param>
    /// <exception cref="ProcessStartException">The program is missing, not executable, or the system refused it.</exception>
    IChildProcess Start(ProcessSpec spec, ILineSink output);
}

/// <summary>A started process. Disposing it lets go of it without stopping it.</summary>
internal interface IChildProcess : IDisposable
{
    /// <summary>Process id. It is not given to another process before this object is disposed.</summary>
    int Id { get; }

    /// <summary>Completes when the process itself has ended, whatever its children do.</summary>
    Task<ProcessExit> Exited { get; }

    /// <summary>
    /// Completes when nobody holds the output open any more and all of it was handed on. Faults with what the sink threw.
    /// </summary>
    Task OutputEnded { get; }

    /// <summary>Asks the process itself to stop: SIGINT.</summary>
    void Interrupt();

    /// <summary>Tells the process itself to stop: SIGTERM.</summary>
    void Terminate();

    /// <summary>Tells what it started to stop, as far as it can be found: SIGTERM.</summary>
    void TerminateRest();

    /// <summary>Kills the process, its group and all descendants that can be found.</summary>
    void KillTree();
}

/// <summary>Takes the lines that a process prints.</summary>
internal interface ILineSink
{
    /// <summary>A line without its end. The bytes are only good during the call.</summary>
    void Line(ReadOnlySpan<byte> line);

    /// <summary>
    /// The start of a line too long to be kept. Returns how many bytes of it were taken, at least one; the rest comes again.
    /// </summary>
    int TakeOverlong(ReadOnlySpan<byte> start);
}
