# The service in a container. Build the tarball first:
#
#   npx -y pnpm@12 run pack:all
#   docker build --tag troupe .
#   docker run --detach --name troupe --init --read-only --cap-drop ALL --security-opt no-new-privileges \
#     --publish 127.0.0.1:9091:9091 --publish 6881:6881 --publish 6881:6881/udp \
#     --volume "$PWD/downloads:/data" --volume troupe-state:/state troupe
#   docker exec troupe cat /state/troupe/service/first-password
#
# Data goes to /data and session state to /state; both must be writable for user 1000, and nothing else is written. A password
# of your own: --env TROUPE_PASSWORD_FILE=/run/secrets/password. Other options: --env TROUPE_HOST_NAMES=seedbox.example.
# Words after `troupe` replace `serve` and its options: docker run … --no-healthcheck troupe job.torrent --dir /data
FROM node:26-trixie-slim

WORKDIR /troupe
COPY dist-packages/troupe-[0-9]*.tgz /troupe/troupe.tgz
RUN npm install --no-audit --no-fund /troupe/troupe.tgz && rm /troupe/troupe.tgz
RUN mkdir -p /data /state && chown 1000:1000 /data /state

ENV XDG_STATE_HOME=/state
ENV XDG_CACHE_HOME=/state/cache
# With --base-path or --tls-cert the address of the health check is another one.
ENV HEALTH_URL=http://127.0.0.1:9091/api/v1/health
USER 1000:1000
WORKDIR /data
VOLUME ["/data", "/state"]
EXPOSE 9091 6881 6881/udp

# The first signal stops in order, within 2 s; within 5 s when a disk does not answer.
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/troupe/node_modules/.bin/troupe"]
CMD ["serve", "--dir", "/data", "--listen", "0.0.0.0:9091"]
