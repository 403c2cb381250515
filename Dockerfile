# Skvoz in a container: the binary with the cabinet and the browser script in it, run by a user without rights.
#
#   docker build -t skvoz .
#   docker run -p 8080:8080 -v skvoz:/data skvoz

FROM node:20-bookworm-slim AS web
WORKDIR /src/cabinet
COPY cabinet/package.json cabinet/package-lock.json cabinet/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY graph/schema /src/graph/schema
COPY cabinet ./
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/cabinet/dist ./cabinet/dist
ARG VERSION=dev
# SQLite is C code: linked in whole, the binary needs nothing of the system it runs on. The tags leave out what a static
# binary can't do: load extensions and look up users and names through the C library.
RUN CGO_ENABLED=1 go build -trimpath -tags 'osusergo netgo sqlite_omit_load_extension' \
    -ldflags "-s -w -linkmode external -extldflags -static -X main.version=$VERSION" -o /out/skvoz . \
    && mkdir -p /out/data

FROM debian:bookworm-slim
# Certificates for calls to other systems; zone data for accounts' time zones.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/skvoz /usr/local/bin/skvoz
COPY --from=build --chown=10001:10001 /out/data /data
ENV SKVOZ_DATA_DIR=/data
ENV SKVOZ_LOG_FORMAT=json
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --retries=6 CMD ["skvoz", "healthcheck"]
ENTRYPOINT ["skvoz"]
CMD ["serve"]
