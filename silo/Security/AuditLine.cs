using System.Text.Json.Serialization;

namespace Sheaf.Silo.Security;

/// <summary>One line of the audit log. A call has two with the same number: before it runs and after.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Silo">Which start of which silo counted the call.</param>
/// <param name="Call">The call's number in that silo, from 1.</param>
/// <param name="Phase">'intent' or 'outcome'.</param>
/// <param name="Who">The subject of the client's certificate.</param>
/// <param name="Certificate">The certificate's SHA-256, in hexadecimal.</param>
/// <param name="Role">The role that the call needed and the client has.</param>
/// <param name="What">Interface and method.</param>
/// <param name="Target">The grain's key: population/device, population or task.</param>
/// <param name="Detail">What the call was given, as JSON, at most 1,000 characters: what was erased, the policy, the devices.</param>
/// <param name="Outcome">Of an outcome: 'done' or 'failed'.</param>
/// <param name="Receipt">Of an outcome: the number of the erasure's receipt.</param>
/// <param name="Error">Of a failed one: what the client was told.</param>
internal sealed record AuditLine(
    DateTimeOffset Time,
    string Silo,
    long Call,
    string Phase,
    string Who,
    string Certificate,
    string Role,
    string What,
    string Target,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Outcome = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Receipt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);
