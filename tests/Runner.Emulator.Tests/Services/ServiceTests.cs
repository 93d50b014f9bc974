using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests.Services;

public sealed class ServiceTests
{
    private const string Artifacts = "twirp/github.actions.results.api.v1.ArtifactService/";
    private const string Caches = "twirp/github.actions.results.api.v1.CacheService/";

    [Fact(Timeout = 60_000)]
    public async Task A_job_uploads_an_artifact_where_its_message_says_and_the_public_api_shows_it()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        var ids = $"\"workflow_run_backend_id\":\"{job.PlanId}\",\"workflow_job_run_backend_id\":\"{job.JobId}\",\"name\":\"site\"";

        var created = await CallAsync(job, Artifacts + "CreateArtifact", $"{{{ids},\"version\":7}}");
        using var put = await job.PutAsync(created["signed_upload_url"]!.ToString(), "BlockBlob", "bytes", TestEmulator.Token);
        var done = await CallAsync(job, Artifacts + "FinalizeArtifact", $"{{{ids},\"size\":\"5\"}}");
        using var list = await emulator.GetAsync("repos/emulator/workflow/actions/runs/1/artifacts");
        var listed = await OfficialRunner.ReadAsync(list, TestEmulator.Token);
        using var zip = await emulator.GetAsync($"api/v3/repos/emulator/workflow/actions/artifacts/{done["artifact_id"]}/zip");
        using var foreign = await emulator.GetAsync($"repos/other/workflow/actions/artifacts/{done["artifact_id"]}");

        Assert.Equal("1 site", $"{listed["total_count"]} {listed["artifacts"]![0]!["name"]}");
        Assert.Equal("bytes", await zip.Content.ReadAsStringAsync(TestEmulator.Token));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cache_that_one_job_saved_is_restored_by_another()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, first) = await emulator.RunningJobAsync("one");
        var (_, second) = await emulator.RunningJobAsync("two");

        var created = await CallAsync(first, Caches + "CreateCacheEntry", """{"key":"npm-1","version":"v"}""");
        using var put = await first.PutAsync(created["signed_upload_url"]!.ToString(), "BlockBlob", "bytes", TestEmulator.Token);
        await CallAsync(first, Caches + "FinalizeCacheEntryUpload", """{"key":"npm-1","version":"v","size_bytes":"5"}""");
        var found = await CallAsync(second, Caches + "GetCacheEntryDownloadURL", """{"key":"npm-2","restore_keys":["npm-"],"version":"v"}""");
        var miss = await CallAsync(second, Caches + "GetCacheEntryDownloadURL", """{"key":"npm-1","version":"w"}""");

        Assert.Equal("npm-1", found["matched_key"]!.ToString());
        Assert.Equal("bytes", await emulator.Http.GetStringAsync(found["signed_download_url"]!.ToString(), TestEmulator.Token));
        Assert.False((bool)miss["ok"]!);
        Assert.Equal("true", first.Message["variables"]!["actions_uses_cache_service_v2"]!["value"]!.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_id_token_is_signed_by_the_key_that_the_issuer_shows()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var (_, job) = await emulator.RunningJobAsync();
        var url = job.Connection["data"]!["GenerateIdTokenUrl"]! + "&audience=sts.example.org";

        using var answer = await emulator.GetAsync(url, job.Token);
        using var stranger = await emulator.GetAsync(url);
        using var keys = await emulator.GetAsync("oidc/.well-known/jwks", null);

        var parts = (await OfficialRunner.ReadAsync(answer, TestEmulator.Token))["value"]!.ToString().Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        Assert.Equal(
            $"{emulator.Server.Url}oidc sts.example.org repo:emulator/workflow:ref:refs/heads/main", $"{claims["iss"]} {claims["aud"]} {claims["sub"]}");
        var key = (await OfficialRunner.ReadAsync(keys, TestEmulator.Token))["keys"]![0]!;
        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = Base64Url.DecodeFromChars(key["n"]!.ToString()), Exponent = Base64Url.DecodeFromChars(key["e"]!.ToString()),
        });
        Assert.True(rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    private static async Task<JsonObject> CallAsync(OfficialJob job, string method, string body)
    {
        using var answer = await job.PostAsync(new Uri(job.Results, method), body, TestEmulator.Token);
        return await OfficialRunner.ReadAsync(answer, TestEmulator.Token);
    }
}
