// The long lanes that a change of sources also runs in the gate.

/** Sources, and the tests that tell most about them. */
export interface MappedPath {
  /** Begin of the paths of sources. A path takes the entries of all its begins. */
  readonly sources: string;
  /** Test files, or folders with a `/` at their ends, the most telling first. */
  readonly tests: readonly string[];
}

const interop = (...names: readonly string[]): string[] =>
  names.map((name) => `test/interop/${name}.test.ts`);

/** More exact paths come before those that begin them. */
export const pathMap: readonly MappedPath[] = [
  {
    sources: "packages/peer-worker/src/choke/",
    tests: interop("slow-readers", "mixed-swarm", "super-seeding"),
  },
  {
    sources: "packages/peer-worker/src/rate-limits/",
    tests: interop("both-ways", "control-options"),
  },
  {
    sources: "packages/peer-worker/src/udp/",
    tests: [...interop("utp", "holepunch"), "test/leaks/"],
  },
  { sources: "packages/peer-worker/src/web-seed/", tests: interop("web-seeds", "families") },
  {
    sources: "packages/peer-worker/src/hashes/",
    tests: interop("v2-hashes", "v2-swarms", "v2-torrents"),
  },
  {
    sources: "packages/peer-worker/src/extensions/",
    tests: interop("magnets", "peer-exchange", "holepunch"),
  },
  {
    sources: "packages/peer-worker/src/",
    tests: interop(
      "encryption",
      "both-ways",
      "fast",
      "suggestions",
      "padding",
      "pause",
      "figures",
      "mixed-swarm",
    ),
  },
  {
    sources: "packages/transport/",
    tests: [...interop("utp", "encryption"), "test/leaks/proxies.test.ts"],
  },
  {
    sources: "packages/protocol/src/tracker/",
    tests: interop("own-announces", "private", "live-controls", "tracker-floods"),
  },
  { sources: "packages/protocol/src/discovery/", tests: interop("local-discovery") },
  { sources: "packages/protocol/src/dht/", tests: interop("dht") },
  { sources: "packages/protocol/src/encryption/", tests: interop("encryption") },
  { sources: "packages/protocol/src/utp/", tests: interop("utp") },
  {
    sources: "packages/protocol/src/gateway/",
    tests: [...interop("port-mapping"), "test/leaks/interface-gateway.test.ts"],
  },
  {
    sources: "packages/protocol/src/proxy/",
    tests: ["test/leaks/proxies.test.ts", "test/leaks/ip-filter.test.ts"],
  },
  {
    sources: "packages/protocol/src/dns/",
    tests: ["test/leaks/dns.test.ts", ...interop("families")],
  },
  {
    sources: "packages/protocol/src/metainfo/",
    tests: interop("v2-torrents", "v2-swarms", "links", "padding", "created-torrents"),
  },
  { sources: "packages/protocol/src/peer/", tests: interop("fast", "both-ways", "suggestions") },
  { sources: "packages/protocol/src/client-identity.ts", tests: interop("anonymous") },
  {
    sources: "packages/coordinator/src/trackers/",
    tests: interop("live-controls", "private", "own-announces", "tracker-floods", "families"),
  },
  {
    sources: "packages/coordinator/src/engine/",
    tests: interop("live-controls", "pause", "reading", "local-discovery"),
  },
  {
    sources: "packages/coordinator/src/torrent/",
    tests: interop("magnets", "magnets-to-others", "v2-swarms", "pause"),
  },
  { sources: "packages/coordinator/src/api/", tests: interop("imports", "control-options") },
  {
    sources: "packages/file-worker/",
    tests: interop("final-folder", "layouts", "file-names", "large-files", "links"),
  },
  { sources: "packages/hash-worker/", tests: interop("v2-torrents", "large-files") },
  { sources: "packages/dht-worker/", tests: interop("dht") },
  {
    sources: "packages/service/src/transmission/",
    tests: interop("remote-scenarios", "npm-remotes", "transmissionrpc", "flood"),
  },
  {
    sources: "packages/service/src/qbittorrent/",
    tests: interop("remote-scenarios", "sonarr", "npm-remotes", "flood"),
  },
  { sources: "packages/service/src/streams/", tests: interop("films", "service-proxy") },
  {
    sources: "packages/service/src/guard/",
    tests: [...interop("service-browser-attacks", "service-proxy"), "test/hostile/service/"],
  },
  {
    sources: "packages/service/",
    tests: interop("service-proxy", "sonarr", "remote-scenarios", "npm-remotes"),
  },
  {
    sources: "packages/load-tester/",
    tests: interop(
      "load-faults",
      "load-accounts",
      "load-trackers",
      "load-windows",
      "load-agents-network",
    ),
  },
  { sources: "packages/load-peers/", tests: interop("load-faults", "load-targets") },
  { sources: "packages/tracker/", tests: interop("udp-tracker", "load-trackers", "families") },
  { sources: "packages/page/", tests: ["test/page/", ...interop("transmission-page")] },
  { sources: "examples/", tests: interop("service-proxy", "service-unit", "transmission-page") },
  { sources: "Dockerfile", tests: interop("service-image") },
];
