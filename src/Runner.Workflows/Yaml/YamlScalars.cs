using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Runner.Workflows.Yaml;

/// <summary>Types scalars by their tag, their style and the core schema; what is invalid is reported and read as text.</summary>
internal sealed class YamlScalars(DiagnosticBag diagnostics)
{
    public ScalarToken Read(Scalar scalar, SourcePosition position) => ReadValue(scalar, position) with { Position = position };

    /// <summary>Reports a tag that nobody knows.</summary>
    public void RefuseTag(TagName tag, SourcePosition position) => AddOfFile(position, $"Unexpected tag '{tag.Value}'");

    private ScalarToken ReadValue(Scalar scalar, SourcePosition position)
    {
        if (scalar.Tag.IsEmpty)
        {
            return scalar.Style == ScalarStyle.Plain ? ReadPlain(scalar.Value, position) : new StringToken(scalar.Value);
        }

        // '!' alone says: no guessing, a text.
        return scalar.Tag.IsNonSpecific ? new StringToken(scalar.Value) : ReadTagged(scalar, position);
    }

    private ScalarToken ReadPlain(string text, SourcePosition position)
    {
        if (CoreSchema.TryResolve(text, out var token))
        {
            return token;
        }

        AddInvalid(text, position, CoreSchema.TagPrefix + "int");
        return new StringToken(text);
    }

    private ScalarToken ReadTagged(Scalar scalar, SourcePosition position)
    {
        var tag = scalar.Tag.Value;
        var type = tag.StartsWith(CoreSchema.TagPrefix, StringComparison.Ordinal) ? tag[CoreSchema.TagPrefix.Length..] : string.Empty;
        if (!CoreSchema.IsScalarTag(type))
        {
            RefuseTag(scalar.Tag, position);
        }
        else if (type != "str" && scalar.Style != ScalarStyle.Plain)
        {
            // Read by its tag all the same, so that its place finds the type that was meant.
            var message = $"The scalar style '{scalar.Style}' on line {position.Line} and column {position.Column} is not valid with the tag '{tag}'";
            AddOfFile(position, message);
            return CoreSchema.TryRead(type, scalar.Value, out var meant) ? meant : new StringToken(scalar.Value);
        }
        else if (CoreSchema.TryRead(type, scalar.Value, out var token))
        {
            return token;
        }
        else
        {
            AddInvalid(scalar.Value, position, tag);
        }

        return new StringToken(scalar.Value);
    }

    private void AddInvalid(string text, SourcePosition position, string tag) => AddOfFile(
        position,
        $"The value '{text}' on line {position.Line} and column {position.Column} is invalid for the type '{tag}'");

    private void AddOfFile(SourcePosition position, string message) =>
        diagnostics.Add(new Diagnostic(diagnostics.File, position.Line, position.Column, message) { IsOfFile = true });
}
