using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Yaml;

/// <summary>What a YAML file holds, before anybody asks what it means.</summary>
/// <param name="Root">The document, or <c>null</c> where the text is no YAML. A scalar that holds <c>${{ }}</c> is a plain text here.</param>
/// <param name="Diagnostics">Everything that is wrong with the text as YAML, in the order of the file.</param>
public sealed record YamlDocument(TemplateToken? Root, ImmutableArray<Diagnostic> Diagnostics);
