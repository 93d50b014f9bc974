using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Model;

/// <summary>Checks of <c>container</c> and <c>services</c> what the grammar cannot say: that there is an image.</summary>
/// <remarks>As GitHub does, an empty image means "no container" for the job itself; for a service, and behind <c>docker://</c>, it is an error.</remarks>
internal sealed class ContainerChecker(DiagnosticBag diagnostics)
{
    private const string Docker = "docker://";

    public void Check(WorkflowContainer? container, WorkflowServices? services)
    {
        if (container is not null)
        {
            Check(container, isService: false);
        }

        foreach (var (_, service) in services?.Containers ?? [])
        {
            Check(service, isService: true);
        }
    }

    private void Check(WorkflowContainer container, bool isService)
    {
        var isMissing = container.Image switch
        {
            null => LacksImage((MappingToken)container.Written),
            StringToken { Value: Docker } => true,
            StringToken { Value: "" } => isService,
            _ => false,
        };
        if (isMissing)
        {
            diagnostics.Add(container.Written.Position, "Container image cannot be empty");
        }
    }

    // An expression or a mistyped key may be the image that was meant.
    private static bool LacksImage(MappingToken container) =>
        container.Entries.All(entry => entry.Key is StringToken key && ContainerGrammar.IsKey(key.Value));
}
