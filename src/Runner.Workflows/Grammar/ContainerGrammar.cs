using static Runner.Workflows.Grammar.Shapes;

namespace Runner.Workflows.Grammar;

/// <summary><c>container</c> and <c>services</c>.</summary>
internal static class ContainerGrammar
{
    private static readonly Property[] Common =
    [
        Key("image", NonEmptyText),
        Key("options", Text),
        Key("env", NamesTo(In(Scopes.RunnerSecrets, Text))),
        Key("ports", NonEmptyTexts),
        Key("volumes", NonEmptyTexts),
        Key("credentials", In(Scopes.Credentials, Keys(Key("username", NonEmptyText), Key("password", NonEmptyText)))),
    ];

    private static readonly Property[] OfServices = [.. Common, Key("entrypoint", Text), Key("command", Text)];

    /// <summary>The container that a job runs in: an image or a mapping.</summary>
    public static Shape Container { get; } = In(Scopes.Job, OneOf(Text, Keys(Common)));

    /// <summary>The containers beside a job, by name.</summary>
    public static Shape Services { get; } = In(
        Scopes.Job,
        NamesTo(OneOf(NonEmptyText, Keys(OfServices))));

    /// <summary>Whether a container may have the key.</summary>
    public static bool IsKey(string name) => Array.Exists(OfServices, property => property.Name == name);
}
