using Runner.Expressions.Values;

namespace Runner.Expressions.Evaluation;

/// <summary>A built-in function.</summary>
internal abstract class Function
{
    /// <summary>Its name and number of arguments, which the parser has checked before a call.</summary>
    public abstract FunctionDeclaration Declaration { get; }

    /// <summary>Computes the result. An argument is evaluated when it is asked for.</summary>
    public abstract Value Call(Arguments arguments);
}
