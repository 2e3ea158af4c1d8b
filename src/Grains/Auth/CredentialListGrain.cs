using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Auth;

[GrainType("credential-list"), StatelessWorker]
internal sealed class CredentialListGrain(ICredentialRecords credentials, IGrainContext context) : ICredentialListGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public Task<Page<StoredCredential>> List(PageRequest page) => credentials.List(page).AsTask();
}
