using System.Globalization;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Cli.Workspaces;

/// <summary>Sends the checkout to a worker that asks for it; other requests go on to whoever answers them.</summary>
/// <param name="checkout">The checkout.</param>
/// <param name="others">Answers the rest, or <c>null</c>: nobody does, and the job is told so.</param>
internal sealed class CheckoutSender(CheckoutSource checkout, IWorkerRequestHandler? others) : IWorkerRequestHandler
{
    public async Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken)
    {
        if (request is not WorkspaceRequest)
        {
            return others is not null
                ? await others.HandleAsync(request, exchange, cancellationToken)
                : throw new WorkflowException($"This local run answers no request '{request.Kind}': it has only the actions of the checkout (./path)");
        }

        if (exchange.Received > 0)
        {
            throw new InfrastructureException(string.Create(
                CultureInfo.InvariantCulture, $"The job has {exchange.Received} bytes of a checkout that another process sent; start the run again"));
        }

        try
        {
            var tree = await checkout.ReadAsync(cancellationToken);
            return new WorkspaceSent { Entries = await CheckoutArchive.WriteAsync(tree, exchange.Output, cancellationToken) };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkflowException($"The checkout '{checkout.Folder}' cannot be sent: {error.Message}", error);
        }
    }
}
