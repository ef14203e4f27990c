import type { DhtEndpoint } from "@troupe/messages";

/** Public nodes that answer the first query of any node. */
export const defaultRouters: readonly DhtEndpoint[] = [
  { host: "dht.libtorrent.org", port: 25_401 },
  { host: "dht.transmissionbt.com", port: 6_881 },
  { host: "router.bittorrent.com", port: 6_881 },
  { host: "router.utorrent.com", port: 6_881 },
  { host: "dht.aelitis.com", port: 6_881 },
];
