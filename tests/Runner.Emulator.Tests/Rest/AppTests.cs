using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Runner.Emulator.Options;
using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests.Rest;

public sealed class AppTests
{
    private static readonly RSA Key = RSA.Create(2048);

    public static TheoryData<string, string> BadTokens => new()
    {
        // app         lifetime in minutes and key
        { "other",  "9 own" },
        { "12",     "-1 own" },
        { "12",     "60 own" },
        { "12",     "9 foreign" },
    };

    [Fact(Timeout = 60_000)]
    public async Task An_app_gets_a_token_of_its_installation_that_opens_the_api()
    {
        await using var emulator = await StartAsync();

        using var answer = await emulator.PostAsync("app/installations/7/access_tokens", null, Jwt("12", 9, Key));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var token = OfficialRunner.Text(await OfficialRunner.ReadAsync(answer, TestEmulator.Token), "token");
        using var used = await emulator.PostAsync("orgs/acme/actions/runners/registration-token", null, token);
        Assert.Equal(HttpStatusCode.Created, used.StatusCode);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(BadTokens))]
    public async Task A_bad_jwt_gets_none(string app, string lifetimeAndKey)
    {
        await using var emulator = await StartAsync();
        using var foreign = RSA.Create(2048);
        var parts = lifetimeAndKey.Split(' ');

        using var answer = await emulator.PostAsync(
            "app/installations/7/access_tokens",
            null,
            Jwt(app, int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1] == "own" ? Key : foreign));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static Task<TestEmulator> StartAsync() => TestEmulator.StartAsync(new EmulatorOptions
    {
        AppPublicKey = Key.ExportSubjectPublicKeyInfoPem(),
        AppId = "12",
    });

    private static string Jwt(string app, int minutes, RSA key)
    {
        var issued = TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(1);
        var signed = Encode("""{"alg":"RS256","typ":"JWT"}""") + "."
            + Encode($$"""{"iat":{{issued.ToUnixTimeSeconds()}},"exp":{{(issued + TimeSpan.FromMinutes(minutes)).ToUnixTimeSeconds()}},"iss":"{{app}}"}""");
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
