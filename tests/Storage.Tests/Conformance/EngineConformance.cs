namespace Ticketing.Storage.Tests.Conformance;

/// <summary>
/// What every engine must do, or the promises of the ledger do not hold on it. To put an engine under the suite, make a class of each of the
/// abstract ones in this folder, with the engine's <see cref="Database"/>.
/// </summary>
public abstract class EngineConformance : IAsyncLifetime
{
    private readonly Database database;
    private IEngine engine;

    protected EngineConformance(Database database)
    {
        this.database = database;
        engine = database.Open();
    }

    protected IEngine Engine => engine;

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync()
    {
        engine.Dispose();
        database.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Closes the engine and opens it again: what is seen from now on comes from the database.</summary>
    protected void Reopen()
    {
        engine.Dispose();
        engine = database.Open();
    }

    /// <summary>Commits units as one group.</summary>
    protected UnitOutcome[] Commit(params Unit[] units)
    {
        Engine.Commit(units);
        return [.. units.Select(unit => unit.Outcome)];
    }

    /// <summary>Commits one write as a group of its own.</summary>
    protected UnitOutcome Commit(RecordWrite write) => Commit(new WriteUnit(write))[0];

    /// <summary>Commits a write again of which the first answer was lost.</summary>
    protected UnitOutcome Repeat(RecordWrite write) => Commit(new WriteUnit(write) { Repeated = true })[0];
}
