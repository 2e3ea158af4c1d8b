using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Auth;

[GrainType("ended-token-list"), StatelessWorker]
internal sealed class EndedTokenListGrain(IEndedTokenRecords ended, IGrainContext context) : IEndedTokenListGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public Task<Page<EndedToken>> Since(DateTimeOffset moment, PageRequest page) => ended.Since(moment, page).AsTask();
}
