using Runner.Emulator.Tests.Clients;

namespace Runner.Emulator.Tests;

/// <summary>Waits for what the server has done, by what it shows.</summary>
internal static class Waiting
{
    /// <summary>Returns once a poll of the runner is held. Its operating system is noted as a poll begins, and is unknown before.</summary>
    public static async Task PolledAsync(TestEmulator emulator, OfficialRunner runner)
    {
        while (true)
        {
            TestEmulator.Token.ThrowIfCancellationRequested();
            using var answer = await emulator.GetAsync($"orgs/emulator/actions/runners/{runner.AgentId}");
            var body = await OfficialRunner.ReadAsync(answer, TestEmulator.Token);
            if (body["os"]!.ToString() == "Linux")
            {
                return;
            }
        }
    }
}
