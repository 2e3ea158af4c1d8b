using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Users;

/// <summary>The users' records, answered by storage.</summary>
public interface IUserRecords
{
    /// <summary>All users.</summary>
    ValueTask<Page<UserRecord>> List(PageRequest page);

    /// <summary>One user, or nothing when there is none.</summary>
    ValueTask<UserRecord?> Find(UserId id);
}
