using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Payments;
using Ticketing.Grains.Payments;

namespace Ticketing.Grains.Events;

/// <summary>Hands buyers' cards to the provider, so that the sale sees a token alone.</summary>
internal sealed class CardDesk(EventKey key, IPaymentProvider provider, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What the provider makes of the card, or nothing when it gave no answer in time.</summary>
    public async ValueTask<string?> Tokenise(CardDetails card)
    {
        try
        {
            var asked = provider.Tokenise(card, CancellationToken.None);
            return asked.IsCompleted ? await asked : await asked.AsTask().WaitAsync(Patience, time);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The exception may quote the card: its type alone is told.
            Log.CardNotTokenised(log, key, e.GetType().Name);
            return null;
        }
    }
}
