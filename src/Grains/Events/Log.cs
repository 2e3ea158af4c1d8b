using Microsoft.Extensions.Logging;
using Ticketing.Grains.Abstractions.Events;

namespace Ticketing.Grains.Events;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Event {Event}: the payment provider made no token of a card ({Exception}); the purchase did not happen")]
    public static partial void CardNotTokenised(ILogger logger, EventKey @event, string exception);

    [LoggerMessage(2, LogLevel.Error, "Event {Event}: a decision failed; the ledger is given up and will be replayed")]
    public static partial void LedgerAbandoned(ILogger logger, EventKey @event, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "Event {Event}: the snapshot cannot be used ({Damage}); the sale was read from its journal, which is whole. Look at the disk")]
    public static partial void SnapshotDamaged(ILogger logger, EventKey @event, string damage);

    [LoggerMessage(EventId = 3, Message = "Event {Event}: this activation lost its journal; those who wait are told to ask again, and a fresh activation replays it")]
    public static partial void JournalLost(ILogger logger, LogLevel level, EventKey @event);
}
