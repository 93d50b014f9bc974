namespace Runner.Jobs.Tokens;

/// <summary>A place in a file. <paramref name="File"/> is an index into the message's <c>fileTable</c>; all three count from 1.</summary>
public sealed record SourcePosition(int File, int Line, int Column);
