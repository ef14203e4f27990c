# The command in a container. Build the tarball first:
#
#   npx -y pnpm@12 run pack:all
#   docker build --tag troupe .
#   docker run --rm --init --publish 6881:6881 --volume "$PWD/downloads:/data" --volume troupe-state:/state troupe job.torrent
#
# Data goes to /data and session state to /state; both must be writable for user 1000.
FROM node:26-trixie-slim

WORKDIR /troupe
COPY dist-packages/troupe-[0-9]*.tgz /troupe/troupe.tgz
RUN npm install --no-audit --no-fund /troupe/troupe.tgz && rm /troupe/troupe.tgz
RUN mkdir -p /data /state && chown 1000:1000 /data /state

ENV XDG_STATE_HOME=/state
ENV XDG_CACHE_HOME=/state/cache
ENV HEALTH_PORT=6881
USER 1000:1000
WORKDIR /data
VOLUME ["/data", "/state"]
EXPOSE 6881

# The first signal stops in order, within 2 s; within 5 s when a disk does not answer.
STOPSIGNAL SIGINT
# Healthy: the engine takes connections. With `--port`, set HEALTH_PORT to the same port.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "require('net').connect(process.env.HEALTH_PORT, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]
ENTRYPOINT ["/troupe/node_modules/.bin/troupe"]
CMD ["help"]
