using System.Text.Json.Nodes;
using Runner.Workflows.Grammar;
using GitHubData = Runner.Testing.Conformance;

namespace Runner.Workflows.Tests.Conformance;

/// <summary>Our grammar against GitHub's published one: every key, what is required, which contexts and functions are known where.</summary>
public sealed class SchemaTests
{
    [Fact]
    public void Grammar_knows_every_key_and_context_of_GitHubs()
    {
        Assert.SkipWhen(GitHubData.Folder is null, GitHubData.SkipReason);
        var walk = new Walk(GitHubData.Files("schema", "workflow-v1.0.json").Single());

        walk.Compare("workflow-root-strict", [], WorkflowGrammar.StrictRoot, ExpressionScope.None, "root");
        walk.Compare("workflow-root", [], WorkflowGrammar.Root, ExpressionScope.None, "loose root");

        Assert.True(walk.Differences.Count == 0, string.Join('\n', walk.Differences));
        Assert.True(walk.Compared > 300, $"Only {walk.Compared} places compared");
    }

    [Fact]
    public void Grammar_of_actions_knows_every_key_and_context_of_GitHubs()
    {
        Assert.SkipWhen(GitHubData.Folder is null, GitHubData.SkipReason);
        var walk = new Walk(GitHubData.Files("schema", "action-v1.0.json").Single());

        walk.Compare("action-root", [], ActionGrammar.Root, ExpressionScope.None, "root");

        Assert.True(walk.Differences.Count == 0, string.Join('\n', walk.Differences));
        Assert.True(walk.Compared > 30, $"Only {walk.Compared} places compared");
    }

    private sealed class Walk(string path)
    {
        private readonly JsonObject _definitions = JsonNode.Parse(File.ReadAllText(path))?["definitions"]?.AsObject() ?? throw new InvalidOperationException();

        // The published grammar is older than what GitHub's changelog has.
        private static readonly string[] Newer = ["cache-mode"];

        public List<string> Differences { get; } = [];

        public int Compared { get; private set; }

        public void Compare(string definition, IReadOnlyCollection<string> context, Shape shape, ExpressionScope outer, string place)
        {
            if (place.Split('/').Count(part => part == "parallel") > 1)
            {
                return;
            }

            Compared++;
            var scope = shape.Scope.Within(outer);
            foreach (var leaf in Leaves(definition, context))
            {
                if (!Matches(leaf, shape, scope, place))
                {
                    Differences.Add($"{place}: {leaf.Name} has no counterpart");
                }
            }
        }

        private bool Matches(Definition leaf, Shape shape, ExpressionScope scope, string place)
        {
            var choices = shape.Choices;
            if (leaf.Json["mapping"] is JsonObject mapping)
            {
                var known = mapping["properties"]?.AsObject().Select(property => property.Key).ToHashSet() ?? [];
                var candidates = choices.OfType<MappingShape>().Where(choice => known.IsSubsetOf(choice.Properties.Select(property => property.Name).ToHashSet())).ToList();
                if (candidates.Count == 0)
                {
                    return choices.Any(choice => choice is AnyShape);
                }

                // Two mappings may both know the keys of a third: the one with the fewest others is meant.
                var choice = candidates.MinBy(candidate => candidate.Properties.Length) ?? throw new InvalidOperationException();
                CompareMapping(leaf, mapping, choice, choice.Scope.Within(scope), place);
                return true;
            }

            if (leaf.Json["sequence"] is JsonObject sequence)
            {
                if (choices.OfType<SequenceShape>().FirstOrDefault() is { } list)
                {
                    Compare(Text(sequence["item-type"]), leaf.Context, list.Item(), list.Scope.Within(scope), place + "/[]");
                    return true;
                }

                return choices.Any(choice => choice is AnyShape);
            }

            return MatchesScalar(leaf, choices, scope, place);
        }

        private bool MatchesScalar(Definition leaf, IEnumerable<Shape> choices, ExpressionScope scope, string place)
        {
            CompareScope(leaf, scope, place);
            return choices.Any(choice => choice switch
            {
                AnyShape => true,
                NullShape => leaf.Json.ContainsKey("null"),
                BooleanShape => leaf.Json.ContainsKey("boolean"),
                NumberShape => leaf.Json.ContainsKey("number"),
                StringShape text => MatchesText(leaf, text),
                _ => false,
            });
        }

        private static bool MatchesText(Definition leaf, StringShape shape)
        {
            if (leaf.Json["allowed-values"] is JsonArray values)
            {
                return values.Select(Text).ToHashSet().SetEquals(shape.Values);
            }

            return leaf.Json["string"] is JsonObject text
                && (text["constant"] is { } constant ? shape.Values.Contains(Text(constant)) : shape.Values.IsEmpty)
                && (text["require-non-empty"]?.GetValue<bool>() ?? false) == shape.IsNonEmpty;
        }

        private void CompareMapping(Definition leaf, JsonObject mapping, MappingShape shape, ExpressionScope scope, string place)
        {
            foreach (var (name, value) in mapping["properties"]?.AsObject() ?? [])
            {
                var property = shape.Find(name) ?? throw new InvalidOperationException();
                var isRequired = value is JsonObject details && (details["required"]?.GetValue<bool>() ?? false);

                // GitHub refuses a file without events elsewhere.
                if (isRequired != property.IsRequired && (name, place) != ("on", "loose root"))
                {
                    Differences.Add($"{place}/{name}: required is {property.IsRequired}, not {isRequired}");
                }

                Compare(value is JsonObject type ? Text(type["type"]) : Text(value), leaf.Context, property.Value, scope, $"{place}/{name}");
            }

            var extra = shape.Properties.Select(property => property.Name).Except(mapping["properties"]?.AsObject().Select(property => property.Key) ?? []);
            // The published grammar lacks every member called "description": its own descriptions were left out.
            foreach (var name in extra.Where(name => name != "description").Except(Newer))
            {
                Differences.Add($"{place}/{name}: not in GitHub's grammar");
            }

            if (mapping["loose-value-type"] is { } loose)
            {
                CompareScope(leaf, scope, place);
                if (shape.LooseKey is null)
                {
                    Differences.Add($"{place}: takes no names of the author");
                    return;
                }

                Compare(Text(loose), leaf.Context, shape.LooseValue, scope, place + "/*");
            }
        }

        private void CompareScope(Definition leaf, ExpressionScope scope, string place)
        {
            foreach (var name in leaf.Context.Except(scope.Entries))
            {
                Differences.Add($"{place}: does not know {name}");
            }

            foreach (var name in scope.Entries.Except(leaf.Context))
            {
                Differences.Add($"{place}: knows {name}, which GitHub does not");
            }
        }

        private IEnumerable<Definition> Leaves(string name, IReadOnlyCollection<string> context)
        {
            var json = _definitions[name]?.AsObject() ?? Primitive(name);
            var own = json["context"]?.AsArray().Select(Text).Union(context).ToList() ?? context;
            return json["one-of"] is JsonArray choices
                ? choices.SelectMany(choice => Leaves(Text(choice), own))
                : [new Definition(name, json, own)];
        }

        private static JsonObject Primitive(string name) => name switch
        {
            "any" => new JsonObject { ["string"] = new JsonObject() },
            "sequence" => new JsonObject { ["sequence"] = new JsonObject { ["item-type"] = "any" } },
            _ => new JsonObject { [name] = new JsonObject() },
        };

        private static string Text(JsonNode? node) => node?.GetValue<string>() ?? throw new InvalidOperationException("A name was expected");

        private sealed record Definition(string Name, JsonObject Json, IReadOnlyCollection<string> Context);
    }
}
