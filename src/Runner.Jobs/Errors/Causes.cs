namespace Runner.Jobs.Errors;

/// <summary>Puts into words why a library's call failed.</summary>
public static class Causes
{
    private const string Pointer = ", see inner exception";

    /// <summary>
    /// The message of an exception and those of what caused it, each once: "The SSL connection could not be established, see inner exception"
    /// helps nobody without the exception that it points to.
    /// </summary>
    public static string Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var text = Message(exception);
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            var cause = Message(inner);
            text = text.Contains(cause, StringComparison.Ordinal) ? text : $"{text}: {cause}";
        }

        return text;
    }

    private static string Message(Exception exception) =>
        exception.Message.ReplaceLineEndings(" ").Replace(Pointer, string.Empty, StringComparison.Ordinal).Trim().TrimEnd('.');
}
