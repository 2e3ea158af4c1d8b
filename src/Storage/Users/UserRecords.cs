using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.Grains.Users;

namespace Ticketing.Storage.Users;

/// <summary>The users' records over an engine.</summary>
internal sealed class UserRecords(IEngine engine) : IUserRecords
{
    public ValueTask<Page<UserRecord>> List(PageRequest page) => engine.Page(Tables.Users, page, one => one.Profile!);

    public async ValueTask<UserRecord?> Find(UserId id) => (await engine.Find(Tables.Users, id.Value))?.Profile;
}
