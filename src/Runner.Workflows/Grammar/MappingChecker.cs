using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Grammar;

/// <summary>Holds one mapping against the mappings that a shape allows; each key that only some of them know rules the others out.</summary>
internal sealed class MappingChecker(ShapeChecker checker, DiagnosticBag diagnostics, MappingToken mapping)
{
    private readonly ImmutableArray<MappingEntry>.Builder _entries = ImmutableArray.CreateBuilder<MappingEntry>(mapping.Entries.Length);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private bool _hasExpressionKey;

    public MappingToken Check(Shape shape, ExpressionScope outer)
    {
        var choices = shape.Choices;
        if (choices.FirstOrDefault(choice => choice is AnyShape) is { } any)
        {
            CheckLoose(new MappingShape { LooseKey = Shapes.Text, LooseValue = any }, outer);
            return Result();
        }

        ImmutableArray<MappingShape> candidates = [.. choices.OfType<MappingShape>()];
        switch (candidates)
        {
            case []:
                diagnostics.Add(mapping.Position, "A mapping was not expected");
                return mapping;
            case [{ Properties.IsEmpty: true, LooseKey: not null } loose]:
                CheckLoose(loose, loose.Scope.Within(outer));
                break;
            default:
                CheckKnown(candidates, outer);
                break;
        }

        return Result();
    }

    private MappingToken Result() => mapping with { Entries = _entries.ToImmutable() };

    private void CheckLoose(MappingShape shape, ExpressionScope scope)
    {
        foreach (var (rawKey, value) in mapping.Entries)
        {
            var key = checker.ReadExpressions(rawKey, scope);
            if (IsExpression(key) && scope.IsEmpty)
            {
                AddUnchecked(key, value);
                continue;
            }

            if (IsExpression(key))
            {
                // Under ${{ insert }} stands a mapping of the same kind; under any other expression a value of it.
                Add(key, value, key is InsertToken ? shape : shape.LooseValue, scope);
                continue;
            }

            CheckLooseEntry(shape, key, value, scope);
        }
    }

    private void CheckLooseEntry(MappingShape shape, ScalarToken key, TemplateToken value, ExpressionScope scope)
    {
        var name = NameOf(key);
        if (shape.LooseKey is { } names && names.Matches(name.Value))
        {
            Add(name, value, shape.LooseValue, scope);
        }
        else
        {
            diagnostics.Add(key.Position, $"Unexpected value '{name.Value}'");
            AddUnchecked(name, value);
        }
    }

    private void CheckKnown(ImmutableArray<MappingShape> candidates, ExpressionScope outer)
    {
        foreach (var (rawKey, value) in mapping.Entries)
        {
            var scope = candidates.Length == 1 ? candidates[0].Scope.Within(outer) : outer;
            var key = checker.ReadExpressions(rawKey, scope);
            if (IsExpression(key))
            {
                _hasExpressionKey = true;
                if (scope.IsEmpty)
                {
                    AddUnchecked(key, value);
                }
                else
                {
                    Add(key, value, Shapes.Any, scope);
                }

                continue;
            }

            candidates = CheckKnownEntry(candidates, NameOf(key), value, outer);
        }

        CheckComplete(candidates);
    }

    private ImmutableArray<MappingShape> CheckKnownEntry(
        ImmutableArray<MappingShape> candidates, StringToken key, TemplateToken value, ExpressionScope outer)
    {
        ImmutableArray<MappingShape> knowing = [.. candidates.Where(candidate => candidate.Find(key.Value) is not null)];
        if (knowing is [var first, ..] && first.Find(key.Value) is { } property)
        {
            Add(key, value, property.Value, first.Scope.Within(outer));
            return knowing;
        }

        if (candidates is [{ LooseKey: not null } loose])
        {
            CheckLooseEntry(loose, key, value, loose.Scope.Within(outer));
            return candidates;
        }

        var known = candidates.SelectMany(candidate => candidate.Properties).Select(candidate => candidate.Name).Distinct().ToList();
        if (diagnostics.AddUnknown(key.Position, key.Value, known))
        {
            AddUnchecked(key, value);
        }

        return candidates;
    }

    private void CheckComplete(ImmutableArray<MappingShape> candidates)
    {
        if (candidates.Length > 1)
        {
            // Which keys decide: those that one candidate has and no other.
            var deciding = candidates
                .Where(candidate => !candidate.IsUnnamed)
                .SelectMany(candidate => candidate.Properties)
                .GroupBy(property => property.Name, StringComparer.Ordinal)
                .Where(group => group.Count() == 1)
                .Select(group => group.Key)
                .Order(StringComparer.Ordinal);
            diagnostics.Add(
                mapping.Position,
                $"There's not enough info to determine what you meant. Add one of these properties: {string.Join(", ", deciding)}");
            return;
        }

        foreach (var property in candidates[0].Properties.Where(property => property.IsRequired && !_hasExpressionKey && !_names.Contains(property.Name)))
        {
            diagnostics.Add(mapping.Position, $"Required property is missing: {property.Name}");
        }
    }

    private void AddUnchecked(ScalarToken key, TemplateToken value) => _entries.Add(new MappingEntry(key, value));

    private void Add(ScalarToken key, TemplateToken value, Shape shape, ExpressionScope scope)
    {
        _names.Add(key.ToString() ?? string.Empty);
        _entries.Add(new MappingEntry(key, checker.CheckInside(value, shape, scope)));
    }

    private static bool IsExpression(ScalarToken key) => key is ExpressionToken or InsertToken;

    private static StringToken NameOf(ScalarToken key) =>
        key as StringToken ?? new StringToken(key.ToString() ?? string.Empty) { Position = key.Position };
}
