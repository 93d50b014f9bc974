using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;
using Runner.Workflows.Templates;

namespace Runner.Execution.Contexts;

/// <summary>
/// Evaluates the message's tokens, literal ones without an evaluator. A failure is a <see cref="WorkflowException"/> that says where the
/// token stands.
/// </summary>
internal static class JobTemplates
{
    /// <summary>A token as text; <c>null</c> where there is none.</summary>
    public static string? Text(TemplateToken? token, EvaluationContext contexts, IReadOnlyList<string> files) => token switch
    {
        null or NullToken => null,
        StringToken text => text.Value,
        _ => new TemplateEvaluator(contexts, files).EvaluateText(token),
    };

    /// <summary>Names with texts, in order; empty where there are none.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> Texts(TemplateToken? token, EvaluationContext contexts, IReadOnlyList<string> files) =>
        token is null or NullToken ? [] : new TemplateEvaluator(contexts, files).EvaluateTexts(token);

    /// <summary>A list of texts; empty where there is none.</summary>
    public static ImmutableArray<string> List(TemplateToken? token, EvaluationContext contexts, IReadOnlyList<string> files) =>
        token is null or NullToken ? [] : new TemplateEvaluator(contexts, files).EvaluateTextList(token);

    /// <summary>A boolean; false where there is none.</summary>
    public static bool Boolean(TemplateToken? token, EvaluationContext contexts, IReadOnlyList<string> files) => token switch
    {
        null or NullToken => false,
        BooleanToken boolean => boolean.Value,
        _ => new TemplateEvaluator(contexts, files).EvaluateBoolean(token),
    };

    /// <summary>A number; 0 where there is none.</summary>
    public static double Number(TemplateToken? token, EvaluationContext contexts, IReadOnlyList<string> files) => token switch
    {
        null or NullToken => 0,
        NumberToken number => number.Value,
        _ => new TemplateEvaluator(contexts, files).EvaluateNumber(token),
    };

    /// <summary>The value under a name, or <c>null</c>.</summary>
    public static string? Find(this ImmutableArray<KeyValuePair<string, string>> texts, string name)
    {
        foreach (var (key, value) in texts)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
