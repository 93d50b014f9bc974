using System.Text.Json;
using Runner.Jobs.Outcomes;

namespace Runner.Protocol.Json;

/// <summary>The name of a conclusion on the wire, where it stands in a text.</summary>
public static class ConclusionNames
{
    /// <summary>Such as <c>succeededWithIssues</c>.</summary>
    public static string Of(Conclusion conclusion) => JsonNamingPolicy.CamelCase.ConvertName(conclusion.ToString());
}
