namespace Runner.Expressions.Lexing;

/// <summary>The kinds of tokens; one that has two uses at different places has two kinds.</summary>
internal enum TokenKind
{
    /// <summary>Before the first token.</summary>
    Start,

    /// <summary>After the last token.</summary>
    End,

    /// <summary>What is no token of the language.</summary>
    Unexpected,

    Literal,
    NamedValue,
    Property,
    Wildcard,

    /// <summary>The name of a function; a parenthesis follows.</summary>
    Function,

    /// <summary>The parenthesis after the name of a function.</summary>
    StartCall,

    /// <summary>The parenthesis of a group.</summary>
    StartGroup,

    /// <summary>The end of a call or of a group.</summary>
    EndParenthesis,

    StartIndex,
    EndIndex,
    Separator,
    Dot,

    Not,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    And,
    Or,
}
