using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway.Auth;

/// <summary>A credential without its hash (contract.md 4.1).</summary>
internal sealed record CredentialView(RecordId Id, Role Role, RecordId UserId)
{
    public static Shape<CredentialRecord, CredentialView> Shape { get; } = new(Of, Json.Default.EnvelopeCredentialView, Json.Default.EnvelopeCredentialViewArray);

    private static CredentialView Of(CredentialRecord credential) => new(credential.Id, credential.Role, credential.UserId.Value);
}

/// <summary>A credential with its hash, for services alone.</summary>
internal sealed record StoredCredentialView(RecordId Id, string Password, Role Role, RecordId UserId)
{
    public static Shape<StoredCredential, StoredCredentialView> Shape { get; } =
        new(Of, Json.Default.EnvelopeStoredCredentialView, Json.Default.EnvelopeStoredCredentialViewArray);

    private static StoredCredentialView Of(StoredCredential stored) =>
        new(stored.Credential.Id, stored.PasswordHash, stored.Credential.Role, stored.Credential.UserId.Value);
}

/// <summary>The claims of the caller's token.</summary>
internal sealed record ClaimsView(RecordId UserId, Role Role, long Exp);

/// <summary>A new token.</summary>
internal sealed record TokenView(string Token);
