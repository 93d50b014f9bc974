using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Actions;

/// <summary>An <c>action.yml</c> that was read and checked. What is evaluated later stands as tokens, with its places.</summary>
public sealed record ActionManifest
{
    /// <summary>Path of the file as it was given to the reader.</summary>
    public required string Path { get; init; }

    /// <summary><c>name</c>, or <c>null</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>description</c>, or <c>null</c>.</summary>
    public string? Description { get; init; }

    /// <summary><c>author</c>, or <c>null</c>.</summary>
    public string? Author { get; init; }

    /// <summary><c>inputs</c> in the order of the file.</summary>
    public ImmutableArray<ActionInput> Inputs { get; init; } = [];

    /// <summary><c>outputs</c> in the order of the file.</summary>
    public ImmutableArray<ActionOutput> Outputs { get; init; } = [];

    /// <summary><c>runs</c>.</summary>
    public required ActionRuns Runs { get; init; }

    /// <summary>Names of the files that the tokens' places refer to: what an evaluator of these tokens is given.</summary>
    public ImmutableArray<string> FileTable => [Path];
}

/// <summary>An input of an action.</summary>
/// <param name="Name">Its name as written.</param>
public sealed record ActionInput(string Name)
{
    /// <summary>Where the name stands.</summary>
    public SourcePosition? Position { get; init; }

    /// <summary><c>description</c>, or <c>null</c>.</summary>
    public string? Description { get; init; }

    /// <summary>
    /// <c>default</c>: a text or an expression over github, strategy, matrix, job, runner and <c>hashFiles</c>; <c>null</c>: the empty text.
    /// </summary>
    public TemplateToken? Default { get; init; }

    /// <summary><c>required</c>. GitHub's runner does not insist on it.</summary>
    public bool IsRequired { get; init; }

    /// <summary><c>deprecationMessage</c>: a warning for those who give the input; <c>null</c>: it is not deprecated.</summary>
    public string? DeprecationMessage { get; init; }
}

/// <summary>An output of an action.</summary>
/// <param name="Name">Its name as written.</param>
/// <param name="Value"><c>value</c>: evaluated at the end of a composite action; <c>null</c> where the action sets it itself.</param>
/// <param name="Position">Where the name stands.</param>
public sealed record ActionOutput(string Name, TemplateToken? Value, SourcePosition? Position)
{
    /// <summary><c>description</c>, or <c>null</c>.</summary>
    public string? Description { get; init; }
}
