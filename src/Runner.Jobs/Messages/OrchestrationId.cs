using System.Globalization;

namespace Runner.Jobs.Messages;

/// <summary>Names a job across all services: <c>{plan}.{job key}.__default</c>, as GitHub writes it.</summary>
/// <remarks>
/// GitHub's runner puts it into its <c>User-Agent</c> as a product's version and ends the job where it is no token of RFC 9110: so a called
/// workflow's key is joined by dots, and a leg of a matrix has its number for <c>__default</c>.
/// </remarks>
public static class OrchestrationId
{
    /// <summary>The id of a job.</summary>
    /// <param name="plan">Plan of the run.</param>
    /// <param name="jobKey">Its key, behind <c>caller/</c> where its workflow is called.</param>
    /// <param name="leg">Its place in the matrix, from 0.</param>
    public static string Of(PlanId plan, string jobKey, int leg = 0)
    {
        ArgumentNullException.ThrowIfNull(jobKey);
        var key = string.Concat(jobKey.Replace('/', '.').Select(c => IsTokenCharacter(c) ? c : '_'));
        return string.Create(CultureInfo.InvariantCulture, $"{plan}.{key}.{(leg == 0 ? "__default" : $"__{leg}")}");
    }

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);
}
