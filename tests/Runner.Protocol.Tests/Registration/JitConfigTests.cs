using System.Text;
using Runner.Jobs.Errors;
using Runner.Protocol.Registration;

namespace Runner.Protocol.Tests.Registration;

public sealed class JitConfigTests
{
    private const string SettingsAsGitHubWritesThem = """
        {"AgentId":"42","AgentName":"pod-7","PoolId":"1","PoolName":"Default","DisableUpdate":"True",
         "Ephemeral":"True","ServerUrl":"https://pipelines.example/tenant/","GitHubUrl":"https://github.com/acme",
         "WorkFolder":"_work","UseV2Flow":"True","ServerUrlV2":"https://broker.example/","Unknown":{"x":1}}
        """;

    [Fact]
    public void Values_are_read_from_texts_and_names_in_any_case()
    {
        var config = JitConfig.Decode(Encode(SettingsAsGitHubWritesThem, """{"Scheme":"OAuth","Data":{"clientId":"c","AuthorizationUrl":"https://a","requireFipsCryptography":"True"}}"""));

        Assert.Equal(42, config.Settings.AgentId);
        Assert.Equal("pod-7", config.Settings.AgentName);
        Assert.True(config.Settings.UseV2Flow);
        Assert.True(config.Settings.Ephemeral);
        Assert.Equal("https://broker.example/", config.Settings.ServerUrlV2);
        Assert.Equal("https://github.com/acme", config.Settings.GitHubUrl);
        Assert.Equal("c", config.Credentials.Data.ClientId);
        Assert.True(config.Credentials.Data.RequireFipsCryptography);
    }

    [Fact]
    public void Typed_values_are_read_as_well()
    {
        var config = JitConfig.Decode(Encode("""{"agentId":42,"useV2Flow":true,"ephemeral":false}""", """{"scheme":"OAuth","data":{"clientId":"c"}}"""));

        Assert.Equal(42, config.Settings.AgentId);
        Assert.True(config.Settings.UseV2Flow);
        Assert.False(config.Settings.Ephemeral);
        Assert.False(config.Credentials.Data.RequireFipsCryptography);
    }

    [Fact]
    public void A_configuration_survives_being_written_and_read_and_its_key_still_signs()
    {
        var config = TestSetup.Jit("https://token.example/", fips: true);

        var read = JitConfig.Decode(config.Encode());

        Assert.Equal(config.Settings, read.Settings);
        Assert.Equal(config.Credentials, read.Credentials);
        using var key = read.Key.ToRsa();
        Assert.Equal(TestSetup.Key.Modulus, key.ExportParameters(false).Modulus);
    }

    [Fact]
    public void Credentials_are_written_as_texts_because_the_official_runner_reads_them_so()
    {
        var files = Encoding.UTF8.GetString(Convert.FromBase64String(TestSetup.Jit("https://t/", fips: true).Encode()));

        var credentials = System.Text.Json.JsonDocument.Parse(files).RootElement.GetProperty(".credentials").GetBytesFromBase64();

        Assert.Contains("\"requireFipsCryptography\":\"True\"", Encoding.UTF8.GetString(credentials), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Defects => new()
    {
        // encoded                                        message
        { "not base64!",                                  "encoded_jit_config: expected base64 of a JSON object of files" },
        { Base64("[]"),                                   "encoded_jit_config: expected base64 of a JSON object of files" },
        { Base64("{}"),                                   "encoded_jit_config: the file '.runner' is missing" },
        { Base64("""{".runner":"%%%"}"""),                "encoded_jit_config: the file '.runner' is not base64 of the JSON expected there" },
        { Base64($$"""{".runner":"{{Base64("{}")}}"}"""), "encoded_jit_config: the file '.credentials' is missing" },
    };

    [Theory, MemberData(nameof(Defects))]
    public void A_defect_is_named_without_showing_the_text(string encoded, string message) =>
        Assert.Equal(message, Assert.Throws<InfrastructureException>(() => JitConfig.Decode(encoded)).Message);

    [Fact]
    public void A_key_never_prints() => Assert.Equal("***", TestSetup.Key.ToString());

    private static string Encode(string settings, string credentials)
    {
        var key = System.Text.Json.JsonSerializer.Serialize(TestSetup.Key, RegistrationJson.Default.RsaKey);
        return Base64($$"""{".runner":"{{Base64(settings)}}",".credentials":"{{Base64(credentials)}}",".credentials_rsaparams":"{{Base64(key)}}"}""");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
