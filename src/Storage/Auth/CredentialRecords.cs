using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Auth;

namespace Ticketing.Storage.Auth;

/// <summary>The credentials' records over an engine.</summary>
internal sealed class CredentialRecords(IEngine engine) : ICredentialRecords
{
    public ValueTask<Page<StoredCredential>> List(PageRequest page) =>
        engine.Page(Tables.Credentials, page, one => new StoredCredential(one.Credential!, one.PasswordHash));
}
