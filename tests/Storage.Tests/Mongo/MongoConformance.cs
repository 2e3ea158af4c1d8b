using Ticketing.Storage.Tests.Conformance;

namespace Ticketing.Storage.Tests.Mongo;

public sealed class MongoJournalTests() : JournalConformance(new MongoDatabase());

public sealed class MongoSnapshotTests() : SnapshotConformance(new MongoDatabase());

public sealed class MongoWriteRuleTests() : WriteRuleConformance(new MongoDatabase());

public sealed class MongoQueryTests() : QueryConformance(new MongoDatabase());

public sealed class MongoPortTests() : PortConformance(new MongoDatabase());

public sealed class MongoGrainStorageTests() : GrainStorageConformance(new MongoDatabase());

public sealed class MongoReminderTableTests() : ReminderTableConformance(new MongoDatabase());

public sealed class MongoCommitLoopTests() : CommitLoopConformance(new MongoDatabase());
