using System.Collections.Frozen;
using Runner.Expressions.Evaluation;

namespace Runner.Expressions.Functions;

/// <summary>The functions that every expression may call.</summary>
internal static class BuiltInFunctions
{
    private static readonly FrozenDictionary<string, Function> ByName = new Function[]
    {
        new CaseFunction(),
        new ContainsFunction(),
        new EndsWithFunction(),
        new FormatFunction(),
        new FromJsonFunction(),
        new JoinFunction(),
        new StartsWithFunction(),
        new ToJsonFunction(),
    }.ToFrozenDictionary(function => function.Declaration.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names => ByName.Keys;

    /// <summary>The function of that name in any case, or <c>null</c>.</summary>
    public static Function? Find(string name) => ByName.GetValueOrDefault(name);
}
