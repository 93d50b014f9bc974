namespace Runner.Agent.Configuration;

/// <summary>The JSON schema of the settings, for editors. A test makes it from the settings' types and their doc comments.</summary>
public static class ConfigSchema
{
    private const string ResourceName = "runner.schema.json";

    /// <summary>The schema's text.</summary>
    public static string Text()
    {
        using var stream = typeof(ConfigSchema).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The build left out {ResourceName}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
