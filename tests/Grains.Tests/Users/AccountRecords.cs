using System.Collections.Concurrent;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Auth;
using Ticketing.Grains.Events;
using Ticketing.Grains.Tickets;
using Ticketing.Grains.Users;

namespace Ticketing.Grains.Tests.Users;

/// <summary>The users' records, read from what the grains stored.</summary>
internal sealed class StoredUsers(AccountStore store) : IUserRecords
{
    public ValueTask<Page<UserRecord>> List(PageRequest page) =>
        new(new Page<UserRecord>([.. store.All<UserState>("user").Select(state => state.Profile!).Take(page.Limit)], null));

    public ValueTask<UserRecord?> Find(UserId id) => new(store.Read<UserState>("user", id.ToString())?.Profile);
}

/// <summary>The credentials' records, read from what the grains stored.</summary>
internal sealed class StoredCredentials(AccountStore store) : ICredentialRecords
{
    public ValueTask<Page<StoredCredential>> List(PageRequest page) => new(new Page<StoredCredential>(
        [.. store.All<CredentialState>("credential").Select(state => new StoredCredential(state.Credential!, state.PasswordHash)).Take(page.Limit)], null));
}

/// <summary>The ended tokens, kept in memory, that can be told to fail.</summary>
internal sealed class KeptEndedTokens : IEndedTokenRecords
{
    private readonly ConcurrentDictionary<RecordId, EndedToken> all = new();

    /// <summary>The keys of which the next end is not kept.</summary>
    public ConcurrentDictionary<RecordId, bool> FailNext { get; } = new();

    public EndedToken? Of(RecordId key) => all.GetValueOrDefault(key);

    public ValueTask<bool> Add(EndedToken ended)
    {
        if (FailNext.TryRemove(ended.Key, out _)) return new(false);
        all[ended.Key] = ended;
        return new(true);
    }

    public ValueTask<Page<EndedToken>> Since(DateTimeOffset moment, PageRequest page) =>
        new(new Page<EndedToken>([.. all.Values.Where(one => one.EndedAt > moment).OrderBy(one => one.Key)], null));
}

/// <summary>Events put there by a test.</summary>
internal sealed class ListedEvents : IEventRecords
{
    public ConcurrentDictionary<EventKey, EventRecord> Events { get; } = new();

    public ValueTask<Page<EventRecord>> List(PageRequest page) =>
        new(new Page<EventRecord>([.. Events.Values.OrderBy(record => record.Id.Value).Take(page.Limit)], null));

    public ValueTask<EventRecord?> Find(EventKey key) => new(Events.GetValueOrDefault(key));
}

/// <summary>Tickets put there by a test.</summary>
internal sealed class ListedTickets : ITicketRecords
{
    public ConcurrentDictionary<TicketId, TicketRecord> Tickets { get; } = new();

    public ValueTask<Page<TicketRecord>> List(UserId? owner, PageRequest page) =>
        new(new Page<TicketRecord>([.. Tickets.Values.Where(ticket => owner is null || ticket.UserId == owner).OrderBy(ticket => ticket.Id.Value).Take(page.Limit)], null));

    public ValueTask<TicketRecord?> Find(TicketId id) => new(Tickets.GetValueOrDefault(id));

    public ValueTask<EventKey?> EventOf(TicketId id) => new(Tickets.GetValueOrDefault(id)?.EventId);
}
