using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.Grains.Auth;

/// <summary>The credentials' records, answered by storage.</summary>
public interface ICredentialRecords
{
    /// <summary>All credentials, in the order of their users.</summary>
    ValueTask<Page<StoredCredential>> List(PageRequest page);
}
