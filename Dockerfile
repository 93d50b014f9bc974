# The agent's image, which is also the image of every job pod's setup container (it brings the static worker).
#   docker build -t runner .
FROM mcr.microsoft.com/dotnet/sdk:10.0-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends clang lld zlib1g-dev libssl-dev libbrotli-dev cmake ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN scripts/publish-worker.sh \
 && dotnet publish src/Runner.Cli -c Release -r linux-x64 --self-contained true -o /out -v q --nologo

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
COPY --from=build /source/artifacts/runner-worker /runner-worker
COPY --from=build /source/artifacts/ca-certificates.crt /ca-certificates.crt
COPY --from=build /out/runner /usr/local/bin/runner
USER 1654
ENTRYPOINT ["/usr/local/bin/runner"]
CMD ["agent", "--config", "/etc/runner/runner.yaml"]
