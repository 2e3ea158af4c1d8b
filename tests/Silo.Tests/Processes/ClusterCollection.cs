namespace Ticketing.Silo.Tests.Processes;

/// <summary>Tests of whole clusters, one after the other and nothing beside them: each has six or seven processes to itself, and silos watch one another by the clock.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterCollection
{
    public const string Name = "cluster";
}
