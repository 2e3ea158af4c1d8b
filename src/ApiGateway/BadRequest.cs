namespace Ticketing.ApiGateway;

/// <summary>The request cannot be understood or breaks a field rule. <see cref="Front"/> answers it with the failure envelope.</summary>
/// <param name="error">Why, for the caller to read.</param>
/// <param name="status">The status, 400 unless a more telling one exists.</param>
internal sealed class BadRequest(string error, int status = StatusCodes.Status400BadRequest) : Exception(error)
{
    public int Status => status;
}
