using Sheaf.Abstractions.Security;

namespace Sheaf.Silo.Security;

/// <summary>Who calls, as the client's certificate says.</summary>
/// <param name="Subject">The certificate's subject.</param>
/// <param name="Thumbprint">The certificate's SHA-256, in hexadecimal.</param>
/// <param name="Roles">What the client may do.</param>
internal sealed record ClientIdentity(string Subject, string Thumbprint, AccessRole Roles);
