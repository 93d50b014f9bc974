using Runner.Agent.Pools;
using Runner.GitHub.Registration;
using Runner.Jobs;

namespace Runner.Agent.Sources;

/// <summary>Mode <c>runners</c>: a runner is always wanted, and waits at GitHub for whatever comes.</summary>
internal sealed class StandingOrders(RunnerPool pool, IRunnerRegistrar registrar, RegistrationGate gate) : IRunnerOrders, IRunnerOrder
{
    public bool IsWanted => true;

    public bool IsStanding => true;

    public Task<IRunnerOrder> NextAsync(CancellationToken cancellationToken) => Task.FromResult<IRunnerOrder>(this);

    public Task<RunnerRegistration> RegisterAsync(CancellationToken cancellationToken) =>
        gate.PassAsync(token => registrar.RegisterAsync(pool.Registration, token), cancellationToken);

    public async Task<bool> IsWaitingAsync(RunnerRegistration runner, CancellationToken cancellationToken) =>
        await registrar.FindAsync(runner.Name, cancellationToken) is { IsBusy: false };

    public Task<RemovalResult> RemoveAsync(RunnerRegistration runner, CancellationToken cancellationToken) =>
        registrar.RemoveAsync(runner.RunnerId, cancellationToken);

    public bool MayLeave(TimeSpan waited) => false;

    public void Took(JobId job)
    {
        // The next runner is wanted all the same.
    }

    public void Dispose()
    {
        // It stands for all slots of the pool, for as long as they run.
    }
}
