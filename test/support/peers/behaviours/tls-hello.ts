// Case 36: begins a TLS handshake.

import type { HostilePeer } from "../hostile-peer.ts";

export const tlsHello: HostilePeer = {
  name: "tls-hello",
  does: "begins a TLS handshake",
  cases: [36],
  async misbehave(connection) {
    const hello = new Uint8Array(517);
    hello.set([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]);
    await connection.send(hello);
  },
};
