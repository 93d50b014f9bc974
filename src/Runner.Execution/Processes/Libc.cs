using System.Runtime.InteropServices;

namespace Runner.Execution.Processes;

/// <summary>
/// The calls of libc that child processes need. Sizes and numbers are those of Linux with glibc or musl on 64-bit machines.
/// </summary>
internal static unsafe partial class Libc
{
    public const int SizeOfSpawnFileActions = 80;
    public const int SizeOfSpawnAttributes = 336;
    public const int SizeOfSignalSet = 128;
    public const int SizeOfSignalInfo = 128;
    public const int SizeOfSignalAction = 152;
    public const int SizeOfFileStatus = 256;
    public const int FileSizeOffset = 48;

    public const short SpawnSetProcessGroup = 0x02;
    public const short SpawnSetSignalDefaults = 0x04;
    public const short SpawnSetSignalMask = 0x08;

    public const int ReadOnly = 0;
    public const int NoTerminal = 0x100;
    public const int NoWait = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int SetPipeSize = 1031;

    public const int ByProcessId = 1;
    public const int NoHang = 1;
    public const int WaitExited = 4;
    public const int LeaveWaitable = 0x1000000;

    public const int ChildExited = 1;

    public const int SignalInterrupt = 2;
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;
    public const int SignalChild = 17;

    public const int NotPermitted = 1;
    public const int NoSuchEntry = 2;
    public const int InterruptedCall = 4;
    public const int ArgumentListTooLong = 7;
    public const int ExecFormatError = 8;
    public const int AccessDenied = 13;
    public const int NotAFolder = 20;

    public const int MayExecute = 1;
    public const int SetChildSubreaper = 36;

    // struct stat: the two orders of its first members.
    public static readonly int FileModeOffset = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 16 : 24;
    public static readonly int FileOwnerOffset = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 24 : 28;

    private const string Name = "libc";

    [LibraryImport(Name, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(int file, int command, int argument);

    [LibraryImport(Name, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, byte* buffer, nint count);

    [LibraryImport(Name, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Name, EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatusOfPath(string path, byte* status);

    [LibraryImport(Name, EntryPoint = "fstat", SetLastError = true)]
    public static partial int StatusOfFile(int file, byte* status);

    [LibraryImport(Name, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport(Name, EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport(Name, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport(Name, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport(Name, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, byte* info, int options);

    [LibraryImport(Name, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitProcess(int process, int* status, int options);

    [LibraryImport(Name, EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport(Name, EntryPoint = "sigfillset")]
    public static partial int FillSignalSet(byte* set);

    [LibraryImport(Name, EntryPoint = "sigemptyset")]
    public static partial int EmptySignalSet(byte* set);

    [LibraryImport(Name, EntryPoint = "sigaction", SetLastError = true)]
    public static partial int SignalAction(int signal, byte* action, byte* old);

    // posix_spawn and its family return the error instead of setting errno.
    [LibraryImport(Name, EntryPoint = "posix_spawn")]
    public static partial int Spawn(int* process, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitFileActions(byte* actions);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyFileActions(byte* actions);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static partial int AddOpen(byte* actions, int file, byte* path, int flags, uint mode);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(byte* actions, int file, int asFile);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static partial int AddChangeDirectory(byte* actions, byte* path);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int AddCloseFrom(byte* actions, int file);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(byte* attributes);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(byte* attributes);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setpgroup")]
    public static partial int SetProcessGroup(byte* attributes, int group);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetSignalDefaults(byte* attributes, byte* set);

    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetSignalMask(byte* attributes, byte* set);
}
