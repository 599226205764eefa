using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sheaf.Learning.Torch;

/// <summary>
/// Gives a loaded library a second name, by which the loader finds it before it looks into any folder: a copy of a small library that needs it, in
/// memory, whose own name is made the end of the name that it asks for (<c>libtorch_cpu.so</c> → <c>torch_cpu.so</c>).
/// </summary>
/// <remarks>TorchSharp asks the runtime for <c>torch_cpu</c>, which tries that file name everywhere, the loaded libraries included, before it tries
/// <c>libtorch_cpu.so</c> in the program's own folders. The layout is that of the System V ABI for ELF, 64 bits, little endian.</remarks>
internal static partial class SharedObjectAlias
{
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const uint Loaded = 1;
    private const uint Dynamic = 2;
    private const long StringTable = 5;
    private const long OwnName = 14;

    /// <summary>Loads the copy.</summary>
    /// <param name="file">The small library.</param>
    /// <param name="needed">The name of a loaded library that it needs: <c>libtorch_cpu.so</c>.</param>
    /// <param name="alias">How that name ends: <c>torch_cpu.so</c>.</param>
    /// <exception cref="InvalidDataException">The library is none, or needs no such library.</exception>
    /// <exception cref="DllNotFoundException">The copy cannot be loaded.</exception>
    public static void Load(string file, string needed, string alias)
    {
        var library = File.ReadAllBytes(file);
        Rename(library, needed, alias);
        using var memory = new SafeFileHandle(CreateMemory(alias, 0), ownsHandle: true);
        if (memory.IsInvalid)
        {
            throw new DllNotFoundException($"There is no memory for a copy of '{file}'.");
        }

        RandomAccess.Write(memory, library, 0);
        NativeLibrary.Load($"/proc/self/fd/{memory.DangerousGetHandle()}");
    }

    /// <summary>Makes a library's own name the end of one that it needs.</summary>
    /// <param name="library">The library's bytes, changed in place.</param>
    /// <param name="needed">The name that it needs.</param>
    /// <param name="alias">How that name ends.</param>
    /// <exception cref="InvalidDataException">The bytes are no library, or it needs no such library.</exception>
    internal static void Rename(Span<byte> library, string needed, string alias)
    {
        if (library.Length < HeaderSize || !library.StartsWith("\u007fELF\u0002\u0001"u8) || !needed.EndsWith(alias, StringComparison.Ordinal))
        {
            throw new InvalidDataException("It is no library of this platform.");
        }

        var dynamic = SegmentOf(library, Dynamic, address: null);
        var entries = library.Slice((int)dynamic.Offset, (int)dynamic.Size);
        var names = EntryOf(entries, StringTable);
        var table = SegmentOf(library, Loaded, Read(names));
        var strings = library[(int)(table.Offset + Read(names) - table.Address)..];
        var at = strings.IndexOf(Encoding.ASCII.GetBytes(needed + '\0'));
        if (at < 0)
        {
            throw new InvalidDataException($"It does not need {needed}.");
        }

        BinaryPrimitives.WriteInt64LittleEndian(EntryOf(entries, OwnName), at + needed.Length - alias.Length);
    }

    private static (long Offset, long Address, long Size) SegmentOf(ReadOnlySpan<byte> library, uint type, long? address)
    {
        var (table, count) = ((int)Read(library[32..]), BinaryPrimitives.ReadUInt16LittleEndian(library[56..]));
        for (var segment = 0; segment < count; segment++)
        {
            var header = library.Slice(table + (segment * SegmentSize), SegmentSize);
            var (offset, start, size) = (Read(header[8..]), Read(header[16..]), Read(header[32..]));
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == type && (address is null || (address >= start && address < start + size)))
            {
                return (offset, start, size);
            }
        }

        throw new InvalidDataException("It lacks a segment that every library has.");
    }

    /// <summary>The value of an entry of the dynamic section.</summary>
    private static Span<byte> EntryOf(Span<byte> entries, long tag)
    {
        for (var at = 0; at < entries.Length; at += 16)
        {
            if (Read(entries[at..]) == tag)
            {
                return entries.Slice(at + 8, 8);
            }
        }

        throw new InvalidDataException("It lacks an entry that every library has.");
    }

    private static long Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemory(string name, uint flags);
}
