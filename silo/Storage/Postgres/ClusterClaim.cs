using Npgsql;
using Orleans.Configuration;
using Sheaf.Abstractions;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>
/// Keeps clusters that share a database from working on one another's states: a cluster keeps its service id for good, and while one runs, no other of the same service id starts.
/// </summary>
/// <remarks>Two that start for the first time in the same moment are not told apart.</remarks>
internal static class ClusterClaim
{
    /// <summary>Notes what a cluster calls its states, or finds that it may not call them that.</summary>
    /// <param name="database">The database, with an up-to-date schema.</param>
    /// <param name="cluster">The silo's cluster.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>When the silo may start.</returns>
    /// <exception cref="StorageFailedException">It may not; the message says why and what to do.</exception>
    public static async Task EnsureAsync(PostgresDatabase database, ClusterOptions cluster, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.States.OpenConnectionAsync(cancellationToken);
            var known = await AskAsync(
                """
                WITH claimed AS (INSERT INTO SheafCluster (ClusterId, ServiceId) VALUES (@cluster, @service) ON CONFLICT DO NOTHING RETURNING ServiceId)
                SELECT ServiceId FROM claimed UNION ALL SELECT ServiceId FROM SheafCluster WHERE ClusterId = @cluster LIMIT 1
                """,
                connection, cluster, cancellationToken);
            if (known is not null && known != cluster.ServiceId)
            {
                throw new StorageFailedException(
                    $"The cluster '{cluster.ClusterId}' keeps its states in the database {database.Address} under the service id '{known}', and this silo looks for them under '{cluster.ServiceId}'. "
                    + "Give all of its silos that service id, or this one another cluster id.",
                    isPassing: false);
            }

            // Silos say every few minutes at most that they are alive.
            var other = await AskAsync(
                """
                SELECT ClusterId FROM SheafCluster JOIN OrleansMembership ON DeploymentId = ClusterId
                WHERE ServiceId = @service AND ClusterId <> @cluster AND Status = 3 AND IAmAliveTime > clock_timestamp() - interval '10 minutes' LIMIT 1
                """,
                connection, cluster, cancellationToken);
            if (other is not null)
            {
                throw new StorageFailedException(
                    $"The cluster '{other}' runs on the states of the service id '{cluster.ServiceId}' in the database {database.Address}, and a second one, '{cluster.ClusterId}', would change them under its hands. "
                    + "Stop that one first (what was killed counts as gone after 10 minutes), or give this one another service id.",
                    isPassing: true);
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgresFailure.Of(database.Address, exception);
        }
    }

    private static async Task<string?> AskAsync(string query, NpgsqlConnection connection, ClusterOptions cluster, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, connection);
        command.Parameters.AddWithValue("cluster", cluster.ClusterId);
        command.Parameters.AddWithValue("service", cluster.ServiceId);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
