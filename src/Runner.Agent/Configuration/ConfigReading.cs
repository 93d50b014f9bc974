namespace Runner.Agent.Configuration;

/// <summary>Settings as they count, with where each came from and what is wrong with them.</summary>
/// <param name="Options">The settings. One that could not be read has its default.</param>
/// <param name="Root">What files, environment and flags say together.</param>
/// <param name="Origins">Where each setting was written, by path such as <c>pools[0].labels</c>.</param>
/// <param name="Problems">Every mistake, each with its place.</param>
/// <param name="Warnings">Every setting that is known and does nothing, with its place and the reason.</param>
public sealed record ConfigReading(
    AgentOptions Options,
    ConfigMapping Root,
    IReadOnlyDictionary<string, ConfigOrigin> Origins,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Warnings);

/// <summary>A file of settings.</summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Yaml">Its text.</param>
public sealed record ConfigText(string Name, string Yaml);
