// A choker that serves the local network first, and then the peers that give most.
//
//   coordinator.add(source, { modules: { choker: new URL("near-choker.ts", import.meta.url) } });
//   troupe seed job.torrent --choker ./examples/modules/near-choker.ts

import type { ChokerModule, RankedPeer } from "troupe";

const local = /^(?:127\.|10\.|192\.168\.|169\.254\.|f[cd]|fe80:|::1$)/;

function worthOf({ connection, downBytesPerSecond, isSnubbed }: RankedPeer): number {
  if (local.test(connection.host)) return Infinity;
  return isSnubbed ? 0 : downBytesPerSecond;
}

const makeChoker: ChokerModule = () => ({
  rank: (peers) =>
    peers
      .filter((peer) => worthOf(peer) > 0)
      .toSorted((one, other) => (worthOf(other) > worthOf(one) ? 1 : -1)),
});

export default makeChoker;
