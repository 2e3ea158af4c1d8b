using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.Grains.Users;

[GrainType("user-list"), StatelessWorker]
internal sealed class UserListGrain(IUserRecords users, IGrainContext context) : IUserListGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public Task<Page<UserRecord>> List(PageRequest page) => users.List(page).AsTask();
}
