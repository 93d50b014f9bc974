using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Runner.Expressions.Evaluation;
using Runner.Expressions.Functions;
using Runner.Expressions.Lexing;
using Runner.Expressions.Values;

namespace Runner.Expressions.Parsing;

/// <summary>Builds the tree from the tokens by operator precedence, with a stack of operands and one of what waits for operands.</summary>
/// <remarks>The stacks are ours, not the thread's, so that thousands of parentheses are no danger.</remarks>
internal sealed class Parser
{
    private readonly string _text;
    private readonly ExpressionNames _names;
    private readonly Lexer _lexer;
    private readonly Stack<Node> _operands = new();
    private readonly Stack<Pending> _pending = new();
    private Token _previous = new(TokenKind.Start, 0, 0);

    private Parser(string text, ExpressionNames names)
    {
        _text = text;
        _names = names;
        _lexer = new(text);
    }

    /// <summary>Parses an expression.</summary>
    /// <returns>The tree, or <c>null</c> where the text is blank.</returns>
    /// <exception cref="ExpressionException">The text is no expression.</exception>
    public static Node? Parse(string text, ExpressionNames names) =>
        text.Length > ExpressionLimits.MaxLength ? throw ParseErrors.TooLong() : new Parser(text, names).ParseAll();

    private Node? ParseAll()
    {
        while (TakeToken() is { Kind: not TokenKind.End } token)
        {
            Place(token);
            _previous = token;
        }

        if (_previous.Kind == TokenKind.Start)
        {
            return null;
        }

        ReduceWhile(precedence: 1);
        if (_pending.Count > 0)
        {
            throw ParseErrors.UnexpectedEnd(_text, _previous);
        }

        var root = _operands.Pop();
        return root.Depth > ExpressionLimits.MaxDepth ? throw ParseErrors.TooDeep() : root;
    }

    private Token TakeToken()
    {
        var token = _lexer.Next();
        if (TokenOrder.Allows(_previous.Kind, token.Kind))
        {
            return token;
        }

        throw token.Kind == TokenKind.End
            ? ParseErrors.UnexpectedEnd(_text, _previous)
            : ParseErrors.UnexpectedSymbol(_text, token);
    }

    private void Place(Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Literal when token.Literal is { } value:
                _operands.Push(new LiteralNode(value));
                break;
            case TokenKind.NamedValue:
                PlaceContext(token);
                break;
            case TokenKind.Function:
                PlaceFunction(token);
                break;
            case TokenKind.Property:
                _operands.Push(new IndexNode(_operands.Pop(), new LiteralNode(new StringValue(token.TextIn(_text)))));
                break;
            case TokenKind.Wildcard:
                PlaceWildcard(token);
                break;
            case TokenKind.StartGroup or TokenKind.StartIndex or TokenKind.Not:
                _pending.Push(new(token));
                break;
            case TokenKind.Separator:
                ReduceToBracket(token, TokenKind.Function);
                break;
            case TokenKind.EndIndex:
                PlaceIndex(token);
                break;
            case TokenKind.EndParenthesis:
                PlaceEndParenthesis(token);
                break;
            case TokenKind.StartCall or TokenKind.Dot:
                break; // the token before or after does the work
            case TokenKind.And or TokenKind.Or:
                ReduceWhile(Operators.Precedence(token.Kind) + 1); // its own kind waits too: the chain becomes one node
                _pending.Push(new(token));
                break;
            default:
                ReduceWhile(Operators.Precedence(token.Kind));
                _pending.Push(new(token));
                break;
        }
    }

    private void PlaceContext(Token token)
    {
        var name = token.TextIn(_text);
        if (!_names.AllowsContext(name))
        {
            throw ParseErrors.UnknownContext(_text, token, _names);
        }

        _operands.Push(new NamedValueNode(name));
    }

    private void PlaceFunction(Token token)
    {
        var name = token.TextIn(_text);
        var builtIn = BuiltInFunctions.Find(name);
        var declaration = builtIn?.Declaration ?? _names.FindDeclared(name) ?? throw ParseErrors.UnknownFunction(_text, token, _names);
        _pending.Push(new(token, _operands.Count, declaration, builtIn));
    }

    private void PlaceWildcard(Token wildcard)
    {
        if (_previous.Kind == TokenKind.StartIndex)
        {
            // The asterisk stands for the whole index, so nothing but the bracket may follow.
            _pending.Pop();
            var next = _lexer.Next();
            if (next.Kind != TokenKind.EndIndex)
            {
                throw next.Kind == TokenKind.End
                    ? ParseErrors.UnexpectedEnd(_text, wildcard)
                    : ParseErrors.UnexpectedSymbol(_text, next);
            }
        }

        _operands.Push(new WildcardNode(_operands.Pop()));
    }

    private void PlaceIndex(Token end)
    {
        ReduceToBracket(end, TokenKind.StartIndex);
        _pending.Pop();
        var index = _operands.Pop();
        _operands.Push(new IndexNode(_operands.Pop(), index));
    }

    private void PlaceEndParenthesis(Token end)
    {
        var bracket = ReduceToBracket(end, TokenKind.Function, TokenKind.StartGroup);
        _pending.Pop();
        if (bracket.Declaration is not { } declaration)
        {
            return; // a group: its content is the operand
        }

        var arguments = PopOperands(_operands.Count - bracket.OperandsBefore);
        CheckCount(arguments.Length, declaration, bracket.Token);
        _operands.Push(new CallNode(bracket.Token.TextIn(_text), bracket.BuiltIn, arguments));
    }

    private void CheckCount(int count, FunctionDeclaration declaration, Token function)
    {
        if (count < declaration.MinArguments)
        {
            throw ParseErrors.TooFewArguments(_text, function);
        }

        if (count > declaration.MaxArguments)
        {
            throw ParseErrors.TooManyArguments(_text, function);
        }

        if (declaration.TakesOddCount && count % 2 == 0)
        {
            throw ParseErrors.EvenArguments(_text, function);
        }
    }

    /// <summary>Gives all operators since the last open bracket their operands; that bracket must be one of those named.</summary>
    private Pending ReduceToBracket(Token token, params ReadOnlySpan<TokenKind> expected)
    {
        ReduceWhile(precedence: 1);
        return _pending.TryPeek(out var bracket) && expected.Contains(bracket.Token.Kind)
            ? bracket
            : throw ParseErrors.UnexpectedSymbol(_text, token);
    }

    /// <summary>Gives the operators that bind at least so tightly their operands, from the top down to the last open bracket.</summary>
    private void ReduceWhile(int precedence)
    {
        while (_pending.TryPeek(out var top) && Operators.Precedence(top.Token.Kind) >= precedence)
        {
            _pending.Pop();
            var right = _operands.Pop();
            _operands.Push(top.Token.Kind switch
            {
                TokenKind.Not => new NotNode(right),
                TokenKind.And or TokenKind.Or => Chain(top.Token.Kind, right),
                _ => new ComparisonNode(top.Token.Kind, _operands.Pop(), right),
            });
        }
    }

    /// <summary>Makes one node of a chain: the operators of the same kind that wait below are taken along.</summary>
    private LogicalNode Chain(TokenKind kind, Node last)
    {
        var isAnd = kind == TokenKind.And;
        var reversed = new List<Node>();
        Add(last);
        Add(_operands.Pop());
        while (_pending.TryPeek(out var top) && top.Token.Kind == kind)
        {
            _pending.Pop();
            Add(_operands.Pop());
        }

        reversed.Reverse();
        return new(isAnd, [.. reversed]);

        // A chain in parentheses is the same as one without.
        void Add(Node operand)
        {
            if (operand is LogicalNode inner && inner.IsAnd == isAnd)
            {
                reversed.AddRange(inner.Operands.Reverse());
            }
            else
            {
                reversed.Add(operand);
            }
        }
    }

    private ImmutableArray<Node> PopOperands(int count)
    {
        var operands = new Node[count];
        for (var i = count - 1; i >= 0; i--)
        {
            operands[i] = _operands.Pop();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(operands);
    }

    /// <summary>An operator or an open bracket that waits for what follows.</summary>
    /// <param name="Token">The operator, the bracket, or for a call the name of the function.</param>
    /// <param name="OperandsBefore">For a call: how many operands stood before its arguments.</param>
    /// <param name="Declaration">For a call: how many arguments it takes.</param>
    /// <param name="BuiltIn">For a call of a built-in function: the function.</param>
    private readonly record struct Pending(
        Token Token,
        int OperandsBefore = 0,
        FunctionDeclaration? Declaration = null,
        Function? BuiltIn = null);
}
