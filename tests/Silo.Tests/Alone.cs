namespace Ticketing.Silo.Tests;

/// <summary>Tests that look at the memory of the whole process, so that nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "alone";
}
