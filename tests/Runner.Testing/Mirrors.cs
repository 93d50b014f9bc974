using System.Reflection;
using System.Text.Json;
using Xunit;

namespace Runner.Testing;

/// <summary>Checks of types that repeat another's properties: one that is added to the one and forgotten in the other fails here.</summary>
public static class Mirrors
{
    /// <summary>Every property of a thing that went through a mirror came back, but for those that are named.</summary>
    /// <param name="sent">The thing, in which every property that crosses says something else than <paramref name="plain"/>.</param>
    /// <param name="plain">One that says as little as it can.</param>
    /// <param name="back">What came back.</param>
    /// <param name="left">Properties that stay behind, or change, on purpose.</param>
    public static void AllCross<T>(T sent, T plain, T? back, params string[] left)
    {
        Assert.NotNull(back);
        var properties = typeof(T).GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.SetMethod is not null).ToList();
        Assert.Empty(left.Except(properties.Select(property => property.Name)));
        foreach (var property in properties.Where(property => !left.Contains(property.Name)))
        {
            Assert.True(Text(property, sent) != Text(property, plain), $"{property.Name} is as it is without being set, so nobody can see whether it crosses");
            Assert.True(Text(property, sent) == Text(property, back), $"{property.Name} was {Text(property, sent)} and came back as {Text(property, back)}");
        }
    }

    private static string Text(PropertyInfo property, object? thing) => JsonSerializer.Serialize(property.GetValue(thing), property.PropertyType);
}
