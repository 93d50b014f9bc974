using Runner.Expressions.Parsing;
using Runner.Expressions.Values;

namespace Runner.Expressions.Tests;

public sealed class ParsingErrorTests
{
    private static readonly ExpressionNames Names = new(["github", "env"], [FunctionDeclaration.HashFiles]);

    public static TheoryData<string, string, ExpressionErrorKind, int> Errors => new()
    {
        // expression           description and token                       kind                          position
        { "1-2",                "Unexpected symbol: '1-2'",                 ExpressionErrorKind.Lexing,   1 },
        { "-x",                 "Unexpected symbol: '-x'",                  ExpressionErrorKind.Lexing,   1 },
        { "1 == a$b",           "Unexpected symbol: 'a$b'",                 ExpressionErrorKind.Lexing,   6 },
        { "\"text\"",           "Unexpected symbol: '\"text\"'",            ExpressionErrorKind.Lexing,   1 },
        { "'open",              "Unexpected symbol: ''open'",               ExpressionErrorKind.Lexing,   1 },
        { "env.a = 'b'",        "Unexpected symbol: '='",                   ExpressionErrorKind.Lexing,   7 },
        { "env.a & env.b",      "Unexpected symbol: '&'",                   ExpressionErrorKind.Lexing,   7 },
        { "0xfffffffff",        "Unexpected symbol: '0xfffffffff'",         ExpressionErrorKind.Lexing,   1 },
        { "+NaN",               "Unexpected symbol: '+NaN'",                ExpressionErrorKind.Lexing,   1 },
        { "${{ env.a }}",       "Unexpected symbol: '${{'",                 ExpressionErrorKind.Lexing,   1 },
        { "'a'.b",              "Unexpected symbol: '.'",                   ExpressionErrorKind.Parsing,  4 },
        { "1[0]",               "Unexpected symbol: '['",                   ExpressionErrorKind.Parsing,  2 },
        { "env..a",             "Unexpected symbol: '.'",                   ExpressionErrorKind.Parsing,  5 },
        { "env.a(1)",           "Unexpected symbol: '('",                   ExpressionErrorKind.Parsing,  6 },
        { "true(1)",            "Unexpected symbol: '('",                   ExpressionErrorKind.Parsing,  5 },
        { "()",                 "Unexpected symbol: ')'",                   ExpressionErrorKind.Parsing,  2 },
        { "(1, 2)",             "Unexpected symbol: ','",                   ExpressionErrorKind.Parsing,  3 },
        { "1, 2",               "Unexpected symbol: ','",                   ExpressionErrorKind.Parsing,  2 },
        { "env[1, 2]",          "Unexpected symbol: ','",                   ExpressionErrorKind.Parsing,  6 },
        { "env[1)",             "Unexpected symbol: ')'",                   ExpressionErrorKind.Parsing,  6 },
        { "(env]",              "Unexpected symbol: ']'",                   ExpressionErrorKind.Parsing,  5 },
        { "join(env, )",        "Unexpected symbol: ')'",                   ExpressionErrorKind.Parsing,  11 },
        { "join(, env)",        "Unexpected symbol: ','",                   ExpressionErrorKind.Parsing,  6 },
        { "1 == == 2",          "Unexpected symbol: '=='",                  ExpressionErrorKind.Parsing,  6 },
        { "&& 1",               "Unexpected symbol: '&&'",                  ExpressionErrorKind.Parsing,  1 },
        { "1 ! 2",              "Unexpected symbol: '!'",                   ExpressionErrorKind.Parsing,  3 },
        { "*",                  "Unexpected symbol: '*'",                   ExpressionErrorKind.Parsing,  1 },
        { "env[* == 1]",        "Unexpected symbol: '=='",                  ExpressionErrorKind.Parsing,  7 },
        { "env[*",              "Unexpected end of expression: '*'",        ExpressionErrorKind.Parsing,  5 },
        { "env[",               "Unexpected end of expression: '['",        ExpressionErrorKind.Parsing,  4 },
        { "env.",               "Unexpected end of expression: '.'",        ExpressionErrorKind.Parsing,  4 },
        { "!",                  "Unexpected end of expression: '!'",        ExpressionErrorKind.Parsing,  1 },
        { "contains(env, 1",    "Unexpected end of expression: '1'",        ExpressionErrorKind.Parsing,  15 },
        { "(",                  "Unexpected end of expression: '('",        ExpressionErrorKind.Parsing,  1 },
        { "gihub.ref",          "Unrecognized named-value: 'gihub'",        ExpressionErrorKind.Parsing,  1 },
        { "1 == success()",     "Unrecognized function: 'success'",         ExpressionErrorKind.Parsing,  6 },
        { "hashFiles()",        "Too few parameters supplied: 'hashFiles'", ExpressionErrorKind.Parsing,  1 },
        { "Contains('a')",      "Too few parameters supplied: 'Contains'",  ExpressionErrorKind.Parsing,  1 },
        { "!toJson(1, 2)",      "Too many parameters supplied: 'toJson'",   ExpressionErrorKind.Parsing,  2 },
        { "case(true, 1)",      "Too few parameters supplied: 'case'",      ExpressionErrorKind.Parsing,  1 },
    };

    [Theory, MemberData(nameof(Errors))]
    public void Error_says_what_is_wrong_and_where(string expression, string message, ExpressionErrorKind kind, int position)
    {
        var error = Assert.Throws<ExpressionException>(() => Expression.Parse(expression, Names));

        Assert.Equal($"{message}. Located at position {position} within expression: {expression}", error.Message);
        Assert.Equal(kind, error.Kind);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void Unknown_name_comes_with_those_that_are_known()
    {
        var context = Assert.Throws<ExpressionException>(() => Expression.Parse("gihub.ref", Names));
        var function = Assert.Throws<ExpressionException>(() => Expression.Parse("hashFile('x')", Names));

        Assert.Equal("gihub", context.Token);
        Assert.Equal(["env", "github"], context.KnownNames.Order());
        Assert.Equal("hashFile", function.Token);
        Assert.Contains("hashFiles", function.KnownNames);
        Assert.Contains("contains", function.KnownNames);
    }

    [Fact]
    public void Names_of_contexts_and_functions_have_no_case()
    {
        var names = new ExpressionNames(["github"], [FunctionDeclaration.Parse("success(0,MAX)"), FunctionDeclaration.Parse("hashFiles(1,255)")]);

        Assert.True(names.AllowsContext("GitHub"));
        Assert.False(names.AllowsContext("env"));
        Assert.Equal(new FunctionDeclaration("success", 0, int.MaxValue), names.FindDeclared("SUCCESS"));
        Assert.Null(names.FindDeclared("failure"));
        Assert.Throws<FormatException>(() => FunctionDeclaration.Parse("success(0"));
    }

    [Fact]
    public void Names_in_texts_and_properties_are_no_calls()
    {
        Assert.True(Expression.Parse("!(1 == 2 || ALWAYS())").CallsFunction("always", "failure"));
        Assert.False(Expression.Parse("github.always == 'always()'").CallsFunction("always"));
        Assert.True(Expression.Parse("contains(Secrets.x, 1)").UsesContext("secrets"));
        Assert.False(Expression.Parse("github.secrets").UsesContext("secrets"));
        Assert.True(Expression.Parse(" ").IsEmpty);
    }

    [Theory]
    [InlineData("needs.a.outputs.x == 'needs.b'", "needs.a.outputs.x")]
    [InlineData("needs['a'].result && inputs.b", "needs.a.result", "inputs.b")]
    [InlineData("needs.*.outputs", "needs.?.outputs")]
    [InlineData("toJSON(needs)[github.sha].x", "needs", "github.sha")]
    [InlineData("needs[inputs.name].outputs", "needs.?.outputs", "inputs.name")]
    public void Uses_of_contexts_are_told_with_the_names_behind_them(string expression, params string[] paths) =>
        Assert.Equal(paths, Expression.Parse(expression).ContextPaths().Select(path => string.Join('.', path.Select(name => name ?? "?"))));
}
