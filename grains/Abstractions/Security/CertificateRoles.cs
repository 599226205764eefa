using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Sheaf.Abstractions.Security;

/// <summary>Reads the roles that a certificate gives from the organizational units of its subject.</summary>
internal static class CertificateRoles
{
    private const string OrganizationalUnit = "2.5.4.11";

    private static readonly (AccessRole Role, string Word)[] Words = [(AccessRole.Read, "read"), (AccessRole.Submit, "submit"), (AccessRole.Erase, "erase")];

    /// <summary>Reads the roles.</summary>
    /// <param name="certificate">The certificate, whose authority is trusted.</param>
    /// <returns>All roles that it names; none when it names none.</returns>
    public static AccessRole Of(X509Certificate2 certificate)
    {
        var units = Units(certificate.SubjectName).ToHashSet(StringComparer.Ordinal);
        return Words.Where(word => units.Contains(UnitOf(word.Role))).Aggregate(AccessRole.None, (roles, word) => roles | word.Role);
    }

    /// <summary>The organizational unit that gives a role.</summary>
    /// <param name="role">One role.</param>
    /// <returns>The unit, as it stands in a certificate's subject.</returns>
    public static string UnitOf(AccessRole role) => $"sheaf-{WordOf(role)}";

    /// <summary>A role's name.</summary>
    /// <param name="role">One role.</param>
    /// <returns>One word.</returns>
    public static string WordOf(AccessRole role) => Words.Single(word => word.Role == role).Word;

    /// <summary>The names of all roles that someone has.</summary>
    /// <param name="roles">The roles.</param>
    /// <returns>The names with commas, or 'none'.</returns>
    public static string Describe(AccessRole roles) =>
        roles == AccessRole.None ? "none" : string.Join(", ", Words.Where(word => (roles & word.Role) == word.Role).Select(word => word.Word));

    // Issuers differ in whether several units are several names or one of several values, and .NET reads only the first kind.
    private static List<string> Units(X500DistinguishedName name)
    {
        var units = new List<string>();
        var names = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var values = names.ReadSetOf(skipSortOrderValidation: true);
            while (values.HasData)
            {
                var value = values.ReadSequence();
                if (value.ReadObjectIdentifier() == OrganizationalUnit && value.PeekTag() is { TagClass: TagClass.Universal } tag
                    && (UniversalTagNumber)tag.TagValue is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString)
                {
                    units.Add(value.ReadCharacterString((UniversalTagNumber)tag.TagValue));
                }
            }
        }

        return units;
    }
}
