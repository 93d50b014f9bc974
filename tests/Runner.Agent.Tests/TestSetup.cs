using Runner.Testing.Http;

[assembly: AssemblyFixture(typeof(FakeHttpServer))]
