import type { DhtEndpoint } from "@troupe/messages";

/** Public nodes that answer everybody's first query. */
export const defaultRouters: readonly DhtEndpoint[] = [
  { host: "dht.libtorrent.org", port: 25_401 },
  { host: "dht.transmissionbt.com", port: 6_881 },
  { host: "router.bittorrent.com", port: 6_881 },
  { host: "router.utorrent.com", port: 6_881 },
  { host: "dht.aelitis.com", port: 6_881 },
];
