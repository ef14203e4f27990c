// Test files that only `pnpm test:long` runs. A change of the sources that `path-map.ts` names runs them in the gate as well.

/** Paths of the files, from the root of the repository. */
export const longFiles: readonly string[] = [
  // Real timers of a minute and more: leases of routers, intervals of trackers, announces of Transmission and of the DHT.
  "test/interop/dht.test.ts",
  "test/interop/local-discovery.test.ts",
  "test/interop/port-mapping.test.ts",
  "test/interop/tracker-floods.test.ts",

  // Swarms of six and more clients on slow lines: the claims of the engine have twins in test/simulation.
  "test/interop/holepunch.test.ts",
  "test/interop/mixed-swarm.test.ts",
  "test/interop/slow-readers.test.ts",
  "test/interop/suggestions.test.ts",
  "test/interop/super-seeding.test.ts",

  // Names, layouts, links, padding and folders beside each client: test/integration has the same paths with engines of ours.
  "test/interop/created-torrents.test.ts",
  "test/interop/file-names.test.ts",
  "test/interop/final-folder.test.ts",
  "test/interop/imports.test.ts",
  "test/interop/large-files.test.ts",
  "test/interop/layouts.test.ts",
  "test/interop/links.test.ts",
  "test/interop/padding.test.ts",
  "test/interop/v2-torrents.test.ts",

  // Packets that the kernel counts on networks of machines: the gate keeps a proxy and an interface of test/leaks.
  "test/interop/anonymous.test.ts",
  "test/interop/families.test.ts",
  "test/interop/figures.test.ts",
  "test/interop/private.test.ts",
  "test/leaks/dns.test.ts",
  "test/leaks/interface-address.test.ts",
  "test/leaks/interface-gateway.test.ts",
  "test/leaks/ip-filter.test.ts",

  // Controls of torrents beside libtorrent: test/integration and test/simulation have each with engines of ours.
  "test/interop/control-options.test.ts",
  "test/interop/live-controls.test.ts",
  "test/interop/pause.test.ts",
  "test/interop/reading.test.ts",

  // Remotes of the service: the gate keeps transmission-remote.
  "test/interop/flood.test.ts",
  "test/interop/npm-remotes.test.ts",
  "test/interop/remote-scenarios.test.ts",
  "test/interop/service-image.test.ts",
  "test/interop/service-proxy.test.ts",
  "test/interop/service-unit.test.ts",
  "test/interop/sonarr.test.ts",
  "test/interop/transmissionrpc.test.ts",

  // Load tests of ten seconds and more: the gate keeps known counts and one run over NATS.
  "test/interop/load-accounts.test.ts",
  "test/interop/load-agents-network.test.ts",
  "test/interop/load-budgets.test.ts",
  "test/interop/load-faults.test.ts",
  "test/interop/load-kept-result.test.ts",
  "test/interop/load-targets.test.ts",
  "test/interop/load-trackers.test.ts",
  "test/interop/load-windows.test.ts",
];
