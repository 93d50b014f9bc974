using Runner.Protocol.Http;

namespace Runner.Protocol.ScaleSets;

/// <summary>The service that administers runners and scale sets of one organisation, repository or enterprise: its address, and the token for it.</summary>
public interface IActionsTenant : ITokenSource
{
    /// <summary>Its address now, ending in a slash.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">GitHub refuses the credentials.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">It could not be reached.</exception>
    ValueTask<Uri> AddressAsync(CancellationToken cancellationToken);
}
