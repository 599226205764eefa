namespace Sheaf.Silo.Storage.Postgres;

/// <summary>The statements that Orleans' AdoNet providers run, by the keys under which they look for them.</summary>
/// <remarks>
/// Each is one statement, so that it is one round trip and commits or fails as a whole without opening a transaction. A row's version is its
/// etag: a write whose version is not the stored one changes nothing and returns no row (states), or a count of 0 (membership, reminders).
/// </remarks>
internal static class PostgresQueries
{
    // A grain without a string in its key says null; the table has an empty one for it, which no other key can have.
    private const string Row = """
        GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString AND GrainIdExtensionString = COALESCE(@GrainIdExtensionString, '')
        """;

    private const string Silo = "DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation";

    private const string Members = """
        SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
        FROM OrleansMembershipVersion v LEFT JOIN OrleansMembership m ON m.DeploymentId = v.DeploymentId
        """;

    private const string Reminders = "SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansReminders WHERE ServiceId = @ServiceId";

    private static readonly Dictionary<string, string> OfStates = new()
    {
        ["ReadFromStorageKey"] = $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {Row};",
        ["WriteToStorageKey"] = $"""
            WITH changed AS (
                UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1
                WHERE {Row} AND Version = @GrainStateVersion::int
                RETURNING Version),
            added AS (
                INSERT INTO OrleansStorage
                    (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
                SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, COALESCE(@GrainIdExtensionString, ''), @ServiceId, @PayloadBinary, now(), 1
                WHERE @GrainStateVersion::int IS NULL
                ON CONFLICT DO NOTHING
                RETURNING Version)
            SELECT Version AS NewGrainStateVersion FROM changed UNION ALL SELECT Version FROM added;
            """,
        ["ClearStorageKey"] = $"""
            UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = now(), Version = Version + 1
            WHERE {Row} AND Version = @GrainStateVersion::int
            RETURNING Version AS NewGrainStateVersion;
            """,
        ["DeleteStorageKey"] = $"DELETE FROM OrleansStorage WHERE {Row} AND Version = @GrainStateVersion::int RETURNING Version + 1 AS NewGrainStateVersion;",
    };

    private static readonly Dictionary<string, string> OfMembership = new()
    {
        ["InsertMembershipVersionKey"] = """
            WITH added AS (INSERT INTO OrleansMembershipVersion (DeploymentId, Version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT count(*)::int FROM added;
            """,
        // Who moves the version on holds its row: of two at once, the second finds that the version is not the one it knows.
        ["InsertMembershipKey"] = $"""
            WITH moved AS (
                UPDATE OrleansMembershipVersion SET Version = Version + 1
                WHERE DeploymentId = @DeploymentId AND Version = @Version AND NOT EXISTS (SELECT 1 FROM OrleansMembership WHERE {Silo})
                RETURNING 1),
            added AS (
                INSERT INTO OrleansMembership (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
                SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
                RETURNING 1)
            SELECT count(*)::int FROM added;
            """,
        ["UpdateMembershipKey"] = $"""
            WITH moved AS (
                UPDATE OrleansMembershipVersion SET Version = Version + 1
                WHERE DeploymentId = @DeploymentId AND Version = @Version AND EXISTS (SELECT 1 FROM OrleansMembership WHERE {Silo})
                RETURNING 1),
            changed AS (
                UPDATE OrleansMembership SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
                WHERE {Silo} AND EXISTS (SELECT 1 FROM moved)
                RETURNING 1)
            SELECT count(*)::int FROM changed;
            """,
        ["UpdateIAmAlivetimeKey"] = $"UPDATE OrleansMembership SET IAmAliveTime = @IAmAliveTime WHERE {Silo};",
        ["MembershipReadRowKey"] = $"{Members} AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation WHERE v.DeploymentId = @DeploymentId;",
        ["MembershipReadAllKey"] = $"{Members} WHERE v.DeploymentId = @DeploymentId;",
        ["GatewaysQueryKey"] = "SELECT Address, ProxyPort, Generation FROM OrleansMembership WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0;",
        ["DeleteMembershipTableEntriesKey"] = """
            WITH gone AS (DELETE FROM OrleansMembership WHERE DeploymentId = @DeploymentId)
            DELETE FROM OrleansMembershipVersion WHERE DeploymentId = @DeploymentId;
            """,
        // Of the silos that are declared dead alone (6).
        ["CleanupDefunctSiloEntriesKey"] =
            "DELETE FROM OrleansMembership WHERE DeploymentId = @DeploymentId AND Status = 6 AND StartTime < @IAmAliveTime AND IAmAliveTime < @IAmAliveTime;",
    };

    private static readonly Dictionary<string, string> OfReminders = new()
    {
        ["UpsertReminderRowKey"] = """
            INSERT INTO OrleansReminders (ServiceId, GrainId, ReminderName, StartTime, Period, GrainHash, Version)
            VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
            ON CONFLICT (ServiceId, GrainId, ReminderName) DO UPDATE SET
                StartTime = excluded.StartTime, Period = excluded.Period, GrainHash = excluded.GrainHash, Version = OrleansReminders.Version + 1
            RETURNING Version;
            """,
        ["ReadReminderRowsKey"] = $"{Reminders} AND GrainId = @GrainId;",
        ["ReadReminderRowKey"] = $"{Reminders} AND GrainId = @GrainId AND ReminderName = @ReminderName;",
        // A range of the ring of hashes, and one that goes over its end.
        ["ReadRangeRows1Key"] = $"{Reminders} AND GrainHash > @BeginHash AND GrainHash <= @EndHash;",
        ["ReadRangeRows2Key"] = $"{Reminders} AND (GrainHash > @BeginHash OR GrainHash <= @EndHash);",
        ["DeleteReminderRowKey"] = """
            WITH gone AS (
                DELETE FROM OrleansReminders
                WHERE ServiceId = @ServiceId AND GrainId = @GrainId AND ReminderName = @ReminderName AND Version = @Version
                RETURNING 1)
            SELECT count(*)::int FROM gone;
            """,
        ["DeleteReminderRowsKey"] = "DELETE FROM OrleansReminders WHERE ServiceId = @ServiceId;",
    };

    /// <summary>The statements.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>([.. OfStates, .. OfMembership, .. OfReminders]);
}
