using System.Collections.Frozen;
using Runner.Expressions.Functions;
using Runner.Expressions.Values;

namespace Runner.Expressions.Parsing;

/// <summary>
/// The contexts and functions that an expression may name at its place in a file. The built-in functions
/// (<c>contains</c>, <c>format</c>, …) are always known.
/// </summary>
public sealed class ExpressionNames
{
    private static readonly FunctionDeclaration[] JobFunctions =
    [
        FunctionDeclaration.Always,
        FunctionDeclaration.Cancelled,
        FunctionDeclaration.Parse("failure(0,MAX)"),
        FunctionDeclaration.Parse("success(0,MAX)"),
        FunctionDeclaration.HashFiles,
    ];

    private readonly FrozenSet<string>? _contexts;
    private readonly FrozenDictionary<string, FunctionDeclaration> _functions;

    /// <summary>Creates a set of names.</summary>
    /// <param name="contexts">The contexts; <c>null</c>: any name.</param>
    /// <param name="functions">The functions beside the built-in ones.</param>
    public ExpressionNames(IEnumerable<string>? contexts, IEnumerable<FunctionDeclaration> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        _contexts = contexts?.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _functions = functions.ToFrozenDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Any context; of functions, the status functions and <c>hashFiles</c> beside the built-in ones.</summary>
    public static ExpressionNames Unrestricted { get; } = new(contexts: null, JobFunctions);

    /// <summary>The contexts that may be named; empty where any may.</summary>
    public IReadOnlyList<string> Contexts => _contexts?.Items ?? [];

    /// <summary>The functions that may be called, the built-in ones first.</summary>
    public IReadOnlyList<string> Functions => [.. BuiltInFunctions.Names, .. _functions.Keys];

    /// <summary>Whether the context may be named.</summary>
    public bool AllowsContext(string name) => _contexts is null || _contexts.Contains(name);

    /// <summary>A function that the caller supplies; <c>null</c> for built-in and unknown ones.</summary>
    internal FunctionDeclaration? FindDeclared(string name) => _functions.GetValueOrDefault(name);
}
