namespace Runner.Cli.Workspaces;

/// <summary>Tells what a user should know of the copies of a checkout, each thing once however many jobs get one.</summary>
/// <param name="output">Where to.</param>
internal sealed class CheckoutNotes(TextWriter output)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Tells what was not told yet.</summary>
    public void Tell(IEnumerable<string> notes)
    {
        lock (_told)
        {
            foreach (var note in notes.Where(_told.Add))
            {
                output.WriteLine($"runner: {note}");
            }
        }
    }
}
