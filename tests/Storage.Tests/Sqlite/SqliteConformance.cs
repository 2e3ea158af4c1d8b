using Ticketing.Storage.Tests.Conformance;

namespace Ticketing.Storage.Tests.Sqlite;

public sealed class SqliteJournalTests() : JournalConformance(new SqliteDatabase());

public sealed class SqliteSnapshotTests() : SnapshotConformance(new SqliteDatabase());

public sealed class SqliteWriteRuleTests() : WriteRuleConformance(new SqliteDatabase());

public sealed class SqliteQueryTests() : QueryConformance(new SqliteDatabase());

public sealed class SqlitePortTests() : PortConformance(new SqliteDatabase());

public sealed class SqliteGrainStorageTests() : GrainStorageConformance(new SqliteDatabase());

public sealed class SqliteReminderTableTests() : ReminderTableConformance(new SqliteDatabase());

public sealed class SqliteCommitLoopTests() : CommitLoopConformance(new SqliteDatabase());
