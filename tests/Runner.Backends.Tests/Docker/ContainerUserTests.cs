using Runner.Backends.Docker;

namespace Runner.Backends.Tests.Docker;

public sealed class ContainerUserTests
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\n";
    private const string Group = "root:x:0:\ndocker:x:121:node\n";

    public static TheoryData<string?, string?, string?> Users => new()
    {
        // user           passwd   user and group
        { null,           Passwd,  "0:0" },
        { "",             null,    "0:0" },
        { "1001",         null,    "1001:0" },
        { "1000",         Passwd,  "1000:1001" },
        { "1001:121",     null,    "1001:121" },
        { "node",         Passwd,  "1000:1001" },
        { "node:docker",  Passwd,  "1000:121" },
        { "0:docker",     Passwd,  "0:121" },
        { "nobody",       Passwd,  null },
        { "node:none",    Passwd,  null },
        { "node",         null,    null },
    };

    [Theory, MemberData(nameof(Users))]
    public void User_of_an_image_is_read_as_the_engine_does(string? text, string? passwd, string? expected) =>
        Assert.Equal(expected, ContainerUser.Read(text, passwd, Group) is { } user ? $"{user.Uid}:{user.Gid}" : null);
}
