using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Makes a copy of TorchSharp's native library that loads on a libstdc++ older than GCC 13's; see LibTorchSharp.targets.</summary>
/// <remarks>Compiled by MSBuild against .NET Standard 2.0 while it builds, never into an assembly of the solution.</remarks>
public sealed class RelaxLibTorchSharp : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Initializer = "_ZSt21ios_base_library_initv";

    /// <summary>A function of libc without arguments or effects, called once in the initialiser's place.</summary>
    private const string Harmless = "getpid";

    private static readonly string[] LibraryFolders =
        { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib" };

    /// <summary>The library in the package.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>Where the copy goes; shared by the projects of a build.</summary>
    [Required]
    public string Folder { get; set; }

    /// <summary>The copy; empty where the host needs none.</summary>
    [Output]
    public string RelaxedLibrary { get; set; }

    public override bool Execute()
    {
        var runtime = LibraryFolders.Select(folder => Path.Combine(folder, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        if (runtime == null || Contains(File.ReadAllBytes(runtime), Version))
        {
            return true;
        }

        var library = File.ReadAllBytes(Library);
        if (!Contains(library, Version))
        {
            return true;
        }

        try
        {
            new Elf(library).Relax(Version, Initializer, Harmless);
        }
        catch (Exception e) when (e is InvalidDataException || e is ArgumentException || e is IndexOutOfRangeException)
        {
            Log.LogError("{0} needs {1}, which {2} lacks, and cannot be made to load: {3} "
                + "Use a system with GCC 13's libstdc++ (Debian 13, Ubuntu 24.04).", Library, Version, runtime, e.Message);
            return false;
        }

        RelaxedLibrary = Path.Combine(Folder, Path.GetFileName(Library));
        WriteOnce(library, runtime);
        return true;
    }

    private static bool Contains(byte[] bytes, string text) =>
        Encoding.GetEncoding("ISO-8859-1").GetString(bytes).IndexOf(text, StringComparison.Ordinal) >= 0;

    private void WriteOnce(byte[] library, string runtime)
    {
        if (File.Exists(RelaxedLibrary) && File.ReadAllBytes(RelaxedLibrary).SequenceEqual(library))
        {
            return;
        }

        // Projects build side by side and outputs are hard links: only a rename replaces the file without touching anyone's inode.
        Directory.CreateDirectory(Folder);
        var temporary = Path.Combine(Folder, Path.GetRandomFileName());
        File.WriteAllBytes(temporary, library);
        if (File.Exists(RelaxedLibrary))
        {
            File.Replace(temporary, RelaxedLibrary, null);
        }
        else
        {
            MoveOrYield(temporary);
        }

        Log.LogMessage(MessageImportance.High,
            "{0} has no {1}: TorchSharp's native library is used as a copy that does not ask for it ({2}).", runtime, Version, RelaxedLibrary);
    }

    private void MoveOrYield(string temporary)
    {
        try
        {
            File.Move(temporary, RelaxedLibrary);
        }
        catch (IOException) when (File.Exists(RelaxedLibrary))
        {
            // Another project of this build was first, with the same bytes.
            File.Delete(temporary);
        }
    }

    /// <summary>The dynamic symbols and version demands of a 64-bit little-endian ELF file, edited in place.</summary>
    private sealed class Elf
    {
        private const uint DynamicSymbols = 11;
        private const uint VersionNeeds = 0x6ffffffe;
        private const uint SymbolVersions = 0x6fffffff;
        private const int SymbolBytes = 24;
        private const ushort Unversioned = 1;
        private const ushort Weak = 2;

        private readonly byte[] _bytes;

        public Elf(byte[] bytes)
        {
            if (bytes.Length < 64 || BitConverter.ToUInt32(bytes, 0) != 0x464c457f || bytes[4] != 2 || bytes[5] != 1)
            {
                throw new InvalidDataException("It is not a 64-bit little-endian ELF file.");
            }

            _bytes = bytes;
        }

        /// <summary>Renames the one symbol that needs a version, unversions it, and makes the demand weak.</summary>
        public void Relax(string version, string symbol, string replacement)
        {
            var symbols = Section(DynamicSymbols);
            var names = SectionAt(symbols.Link);
            var versions = Section(SymbolVersions);
            var need = FindNeed(Section(VersionNeeds), version);
            var users = Enumerable.Range(0, symbols.Size / SymbolBytes).Where(i => U16(versions.Offset + (2 * i)) == need.Index).ToList();
            if (users.Count != 1 || TextAt(names.Offset + NameOf(symbols, users[0])) != symbol)
            {
                throw new InvalidDataException(users.Count + " symbols need " + version + ", where only " + symbol + " was expected.");
            }

            var name = NameOf(symbols, users[0]);
            var shared = Enumerable.Range(0, symbols.Size / SymbolBytes).Select(i => NameOf(symbols, i))
                .Count(other => other >= name && other < name + symbol.Length);
            if (shared != 1)
            {
                throw new InvalidDataException("Another symbol shares the name of " + symbol + ".");
            }

            var padded = Encoding.ASCII.GetBytes(replacement.PadRight(symbol.Length, '\0'));
            Array.Copy(padded, 0, _bytes, names.Offset + name, padded.Length);
            Put(versions.Offset + (2 * users[0]), Unversioned);
            Put(need.FlagsOffset, (ushort)(U16(need.FlagsOffset) | Weak));
        }

        private (int FlagsOffset, int Index) FindNeed(Table needs, string version)
        {
            var names = SectionAt(needs.Link);
            for (int need = needs.Offset, nextNeed = -1; nextNeed != 0; need += nextNeed)
            {
                nextNeed = I32(need + 12);
                var entry = need + I32(need + 8);
                for (var left = U16(need + 2); left > 0; left--, entry += I32(entry + 12))
                {
                    if (TextAt(names.Offset + I32(entry + 8)) == version)
                    {
                        return (entry + 4, U16(entry + 6));
                    }
                }
            }

            throw new InvalidDataException("No library is asked for " + version + ".");
        }

        private Table Section(uint type) =>
            Enumerable.Range(0, U16(60)).Select(SectionAt).FirstOrDefault(section => section.Type == type)
            ?? throw new InvalidDataException("It has no section of type " + type + ".");

        private Table SectionAt(int index)
        {
            var header = checked((int)BitConverter.ToUInt64(_bytes, 40)) + (index * U16(58));
            return new Table
            {
                Type = BitConverter.ToUInt32(_bytes, header + 4),
                Offset = checked((int)BitConverter.ToUInt64(_bytes, header + 24)),
                Size = checked((int)BitConverter.ToUInt64(_bytes, header + 32)),
                Link = I32(header + 40),
            };
        }

        private int NameOf(Table symbols, int symbol) => I32(symbols.Offset + (symbol * SymbolBytes));

        private string TextAt(int offset) => Encoding.ASCII.GetString(_bytes, offset, Array.IndexOf(_bytes, (byte)0, offset) - offset);

        private int U16(int offset) => BitConverter.ToUInt16(_bytes, offset);

        private int I32(int offset) => BitConverter.ToInt32(_bytes, offset);

        private void Put(int offset, ushort value) => BitConverter.GetBytes(value).CopyTo(_bytes, offset);
    }

    /// <summary>A section of the file.</summary>
    private sealed class Table
    {
        public uint Type { get; set; }

        public int Offset { get; set; }

        public int Size { get; set; }

        public int Link { get; set; }
    }
}
