# The agent's image, which is also the image of every job pod's setup container (it brings the static worker and Node.js).
#   docker build -t runner .
# Other bases, such as a mirror's: --build-arg SDK_IMAGE=… (.NET 10 SDK on Debian or Ubuntu), --build-arg BASE_IMAGE=… (glibc, OpenSSL 3, libstdc++).
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG BASE_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

FROM ${SDK_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends clang lld zlib1g-dev libssl-dev libbrotli-dev cmake make binutils ca-certificates npm openssl \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN scripts/externals.sh /externals \
 && scripts/publish-worker.sh \
 && dotnet publish src/Runner.Cli -c Release -r "linux-$(dpkg --print-architecture | sed s/amd64/x64/)" --self-contained true -o /out -v q --nologo

FROM ${BASE_IMAGE}
COPY --from=build /externals /externals
COPY --from=build /source/artifacts/runner-worker /runner-worker
COPY --from=build /source/artifacts/ca-certificates.crt /ca-certificates.crt
COPY --from=build /out/runner /usr/local/bin/runner
# No socket by which others of the same user could look into the agent: it has the secrets of its jobs.
ENV DOTNET_EnableDiagnostics=0
USER 1654
ENTRYPOINT ["/usr/local/bin/runner"]
CMD ["agent", "--config", "/etc/runner/runner.yaml"]
