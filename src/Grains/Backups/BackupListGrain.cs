using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.Grains.Backups;

[GrainType("backup-list"), StatelessWorker]
internal sealed class BackupListGrain(IBackupRecords backups, IGrainContext context) : IBackupListGrain, IGrainBase
{
    public IGrainContext GrainContext => context;

    public Task<Page<BackupRecord>> List(PageRequest page) => backups.List(page).AsTask();

    public async Task<Answer<BackupRecord>> Last(BackupService service) => await backups.Last(service) is { } backup ? backup : Refusal.NoSuchBackup;
}
