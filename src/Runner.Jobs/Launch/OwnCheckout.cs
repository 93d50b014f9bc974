namespace Runner.Jobs.Launch;

/// <summary>What <c>actions/checkout</c> of the job's own repository and ref does.</summary>
public enum OwnCheckout
{
    /// <summary>What the action does: it asks GitHub for the files.</summary>
    Runs = 0,

    /// <summary>
    /// It does not run: a local run has put the files into the workspace. Into a folder that its <c>path</c> names they come from the launcher again
    /// (<see cref="Link.WorkspaceRequest"/>), as they are in the checkout and not as earlier steps left them.
    /// </summary>
    IsThere,

    /// <summary>It does not run, and copies nothing: the workspace is the user's own checkout.</summary>
    IsBound,
}
