using System.Reflection;
using System.Runtime.CompilerServices;
using Runner.Jobs.Messages;

namespace Runner.Conventions.Tests;

/// <summary>The nouns that all projects share do not change under those who hold them.</summary>
public sealed class ModelTests
{
    private const BindingFlags PublicMembers = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // A stream is a tool, no model.
    private static IEnumerable<Type> Models => typeof(JobMessage).Assembly.GetExportedTypes().Where(type => !type.IsAssignableTo(typeof(Stream)));

    [Fact]
    public void Properties_of_shared_models_are_set_once() => Rule.IsKept(
        from type in Models
        from property in type.GetProperties(PublicMembers)
        where property.SetMethod is { IsPublic: true } setter && !IsInit(setter)
        select $"{type.Name}.{property.Name}",
        "Public models of Runner.Jobs are immutable: write { get; init; } and change with `with`.");

    [Fact]
    public void Shared_models_have_no_open_fields() => Rule.IsKept(
        from type in Models
        from field in type.GetFields(PublicMembers)
        where !field.IsInitOnly && !field.IsLiteral && !field.IsSpecialName
        select $"{type.Name}.{field.Name}",
        "Public models of Runner.Jobs are immutable: make the field a property with { get; init; }.");

    [Fact]
    public void Shared_models_hold_no_collection_that_can_change() => Rule.IsKept(
        from type in Models
        from property in type.GetProperties(PublicMembers)
        where property.PropertyType.IsArray || IsMutableCollection(property.PropertyType)
        select $"{type.Name}.{property.Name} is a {property.PropertyType.Name}",
        "Public models of Runner.Jobs are immutable: hold an ImmutableArray, ImmutableDictionary or a read-only interface.");

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsMutableCollection(Type type) => type.IsGenericType
        && (type.GetGenericTypeDefinition() == typeof(List<>)
            || type.GetGenericTypeDefinition() == typeof(Dictionary<,>)
            || type.GetGenericTypeDefinition() == typeof(HashSet<>)
            || type.GetGenericTypeDefinition() == typeof(IList<>)
            || type.GetGenericTypeDefinition() == typeof(IDictionary<,>)
            || type.GetGenericTypeDefinition() == typeof(ICollection<>));
}
