using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway.Auth;

/// <summary>A credential without its hash (contract.md 4.1).</summary>
internal sealed record CredentialView(RecordId Id, Role Role, RecordId UserId)
{
    public static Shape<CredentialRecord, CredentialView> Shape { get; } = new(Of, Json.Default.EnvelopeCredentialView, Json.Default.EnvelopeCredentialViewArray);

    private static CredentialView Of(CredentialRecord credential) => new(credential.Id, credential.Role, credential.UserId.Value);
}

/// <summary>The claims of the caller's token.</summary>
internal sealed record ClaimsView(RecordId UserId, Role Role, long Exp);

/// <summary>A new token.</summary>
internal sealed record TokenView(string Token);
