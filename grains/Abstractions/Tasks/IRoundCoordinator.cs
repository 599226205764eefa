using System.Collections.Immutable;
using Orleans.Concurrency;
using Sheaf.Abstractions.Models;
using Sheaf.Abstractions.Security;

namespace Sheaf.Abstractions.Tasks;

/// <summary>Trains one task, round by round. Key: the task's name. Goes on by itself after a crash.</summary>
[Alias("sheaf.IRoundCoordinator")]
public interface IRoundCoordinator : IGrainWithStringKey
{
    /// <summary>Starts the task. Idempotent for the same specification.</summary>
    /// <param name="spec">The task.</param>
    /// <returns>When the task is stored; rounds run on by themselves.</returns>
    /// <exception cref="InvalidOperationException">The task exists with another specification, or there is no such population.</exception>
    [Alias("Start"), RequiresRole(AccessRole.Submit)]
    Task StartAsync(TaskSpec spec);

    /// <summary>What the task was started as.</summary>
    /// <returns>The specification; null when it was never started.</returns>
    [Alias("GetSpec"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<TaskSpec?> GetSpecAsync();

    /// <summary>How far the task is.</summary>
    /// <param name="afterRound">Records of later rounds are returned with it, at most 100.</param>
    /// <returns>The progress.</returns>
    [Alias("GetProgress"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<TaskProgress> GetProgressAsync(int afterRound);

    /// <summary>Who has taken part so far.</summary>
    /// <returns>The summary, from the ledger of every committed round. Wakes no device.</returns>
    [Alias("GetParticipation"), AlwaysInterleave, ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Read)]
    Task<ParticipationSummary> GetParticipationAsync();

    /// <summary>The committed rounds whose checkpoints have an update of a device.</summary>
    /// <param name="deviceId">The device.</param>
    /// <returns>The rounds, ascending, from the ledger of every committed round. Wakes no device.</returns>
    [Alias("GetRoundsOf"), AlwaysInterleave, ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Read)]
    Task<ImmutableArray<int>> GetRoundsOfAsync(string deviceId);

    /// <summary>Checks the ledger: every round is there once and in order, no device counts twice in one, and the weights that the devices gave are those
    /// of the sums that made its checkpoint.</summary>
    /// <returns>What was found. Wakes no device.</returns>
    [Alias("Audit"), AlwaysInterleave, ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Read)]
    Task<TaskAudit> AuditAsync();

    /// <summary>Whose data the current checkpoint has.</summary>
    /// <param name="devicesMax">How many of the devices that gave most are named, at least 0.</param>
    /// <returns>Their part in it, from the ledger of every committed round. Wakes no device.</returns>
    [Alias("GetInfluence"), AlwaysInterleave, ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Read)]
    Task<ModelInfluence> GetInfluenceAsync(int devicesMax);

    /// <summary>Works out what it takes to make the model as if some devices had never answered: asks the devices of every round that would be run again
    /// whether they still hold what they used. Trains nothing and changes nothing.</summary>
    /// <param name="deviceIds">The devices, which must have been erased.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="ArgumentException">A device has not been erased.</exception>
    /// <exception cref="InvalidOperationException">The task never ran, or devices could not be reached.</exception>
    [Alias("PlanUnlearning"), ResponseTimeout("1.00:00:00"), RequiresRole(AccessRole.Read)]
    Task<UnlearningPlan> PlanUnlearningAsync(ImmutableArray<string> deviceIds);

    /// <summary>
    /// Goes back to the last checkpoint that none of the devices touched and runs the rounds since then again, with their own cohorts but for the
    /// devices: what comes out is, bit for bit, what would have come out had they never answered. A task that was still running goes on
    /// after that. Progress tells how far it is.
    /// </summary>
    /// <param name="deviceIds">The devices, which must have been erased.</param>
    /// <param name="mode">Whether the rounds are run again, or new ones run in their place.</param>
    /// <returns>The plan that is carried out, when the clean checkpoint is current.</returns>
    /// <exception cref="ArgumentException">A device has not been erased.</exception>
    /// <exception cref="InvalidOperationException">The task never ran, devices could not be reached, or a round cannot be run again: its message
    /// names the rounds.</exception>
    [Alias("Unlearn"), ResponseTimeout("1.00:00:00"), RequiresRole(AccessRole.Erase, IsAudited = true)]
    Task<UnlearningPlan> UnlearnAsync(ImmutableArray<string> deviceIds, UnlearningMode mode);

    /// <summary>Stops the task after what it is doing now; what is committed stays. Idempotent.</summary>
    /// <returns>When the task has stopped.</returns>
    [Alias("Cancel"), AlwaysInterleave, RequiresRole(AccessRole.Submit, IsAudited = true)]
    Task CancelAsync();

    /// <summary>Pauses the task: the round under way is given up, and is run again when the task goes on; what is committed stays. Idempotent.</summary>
    /// <returns>When the task has stopped.</returns>
    [Alias("Pause"), AlwaysInterleave, RequiresRole(AccessRole.Submit, IsAudited = true)]
    Task PauseAsync();

    /// <summary>Lets a paused task go on. Idempotent.</summary>
    /// <returns>When it is stored that it goes on.</returns>
    /// <exception cref="InvalidOperationException">There is no such task, or it has ended.</exception>
    [Alias("Resume"), RequiresRole(AccessRole.Submit, IsAudited = true)]
    Task ResumeAsync();

    /// <summary>The current checkpoint, committed and no other; its bytes are read from <see cref="IModelReader"/>.</summary>
    /// <returns>What it is; null before there is one.</returns>
    [Alias("GetModel"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<ModelDescription?> GetModelAsync();

    /// <summary>Has devices score the current checkpoint of a task that has ended: the same devices and held-out examples as after its last
    /// round, as far as they still have them.</summary>
    /// <returns>The score; null when no device holds any.</returns>
    /// <exception cref="InvalidOperationException">The task still runs, has no checkpoint, or its devices could not be reached.</exception>
    [Alias("Evaluate"), ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Read)]
    Task<EvaluationRecord?> EvaluateAsync();
}
