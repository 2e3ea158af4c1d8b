using Ticketing.Grains.Abstractions.Backups;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.Storage.Backups;

/// <summary>Compares the backup of the tickets with what the ledgers made of them: both are in the order of ids.</summary>
internal sealed class RestoredTickets(IEngine engine, Restored restored)
{
    /// <summary>Goes through both.</summary>
    /// <returns>How many tickets the file has.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or a ticket is another one than in its ledger.</exception>
    public async Task<long> Compare(string path, CancellationToken cancellation)
    {
        using var reader = new BackupReader(path, BackupService.Tickets);
        await using var ledgers = engine.Scan(Tables.Tickets).GetAsyncEnumerator(cancellation);
        var known = await Next();
        TicketRecord? before = null;
        var (contents, shown) = (Contents.Of(BackupService.Tickets), 0L);
        while (reader.Next() is BackupRow { Row: var row })
        {
            if (BackupCheck.Shows(contents, row, path)) shown++;
            var kept = Tables.Tickets.Read(row).Ticket;
            if (before is not null && before.Id.Value >= kept.Id.Value) throw new InvalidDataException($"{Path.GetFileName(path)} is damaged: ticket {kept.Id} is not in its place");
            before = kept;
            while (known is not null && known.Id.Value < kept.Id.Value)
            {
                restored.TicketsOnlyInLedgers++;
                known = await Next();
            }

            if (known is null || known.Id != kept.Id)
            {
                restored.TicketsLost++;
                continue;
            }

            // Its seat and its status may have changed between the two backups; nothing else ever does.
            if (kept with { SeatNumber = known.SeatNumber, Status = known.Status } != known) throw new InvalidDataException($"ticket {kept.Id} is another one in the ledger of event {known.EventId}");
            known = await Next();
        }

        for (; known is not null; known = await Next()) restored.TicketsOnlyInLedgers++;
        if (reader.Records != shown) throw new InvalidDataException($"{Path.GetFileName(path)} holds {shown} records, not the {reader.Records} that it says");
        return reader.Count;

        async ValueTask<TicketRecord?> Next() => await ledgers.MoveNextAsync() ? Tables.Tickets.Read(ledgers.Current).Ticket : null;
    }
}
