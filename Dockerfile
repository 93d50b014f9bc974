# The agent's image, which is also the image of every job pod's setup container (it brings the static worker and Node.js).
#   docker build -t runner .
# It builds the programs from the sources, in a .NET SDK. Programs that scripts/build.sh has made on a machine of the same kind are taken by
#   docker build -t runner --build-arg PROGRAMS=built .
# Other bases, such as a mirror's: --build-arg SDK_IMAGE=… (.NET 10 SDK on Debian or Ubuntu), --build-arg BASE_IMAGE=… (glibc, OpenSSL 3, libstdc++).
# Stages that are not used must not be built: BuildKit (Docker 23 and later have it on, before it is DOCKER_BUILDKIT=1) or Podman.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG BASE_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
ARG PROGRAMS=sources

FROM ${SDK_IMAGE} AS sources
RUN apt-get update \
 && apt-get install -y --no-install-recommends clang lld zlib1g-dev libssl-dev libbrotli-dev cmake make binutils ca-certificates npm openssl \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt global.json .editorconfig ./
COPY scripts scripts
COPY src src
RUN scripts/build.sh

FROM scratch AS built
COPY artifacts/runner artifacts/runner-worker artifacts/ca-certificates.crt /source/artifacts/
COPY artifacts/externals /source/artifacts/externals

FROM ${PROGRAMS} AS programs

FROM ${BASE_IMAGE}
COPY --from=programs /source/artifacts/externals /externals
COPY --from=programs /source/artifacts/runner-worker /runner-worker
COPY --from=programs /source/artifacts/ca-certificates.crt /ca-certificates.crt
COPY --from=programs /source/artifacts/runner /usr/local/bin/runner
# No socket by which others of the same user could look into the agent: it has the secrets of its jobs.
ENV DOTNET_EnableDiagnostics=0
# The bases' own user `app`; the number is what Kubernetes can tell from root (runAsNonRoot).
USER 1654:1654
ENTRYPOINT ["/usr/local/bin/runner"]
CMD ["agent", "--config", "/etc/runner/runner.yaml"]
