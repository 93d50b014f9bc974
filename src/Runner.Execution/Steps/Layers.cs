namespace Runner.Execution.Steps;

/// <summary>
/// Lays names with values over each other. The constructors of dictionaries throw where a name comes twice, which for names that workflows choose is no
/// error but the point of layers. Pure.
/// </summary>
internal static class Layers
{
    /// <summary>All names of all layers; where several have one, the value of the last counts.</summary>
    /// <param name="names">How names compare: those that compare equal are one name, spelled as in the first layer that has it.</param>
    /// <param name="layers">The layers, the nearest last.</param>
    public static Dictionary<string, string> Merge(StringComparer names, params ReadOnlySpan<IEnumerable<KeyValuePair<string, string>>> layers)
    {
        var merged = new Dictionary<string, string>(names);
        foreach (var layer in layers)
        {
            foreach (var (name, value) in layer)
            {
                merged[name] = value;
            }
        }

        return merged;
    }
}
