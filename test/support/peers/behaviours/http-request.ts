// Case 36: asks for a web page.

import type { HostilePeer } from "../hostile-peer.ts";

export const httpRequest: HostilePeer = {
  name: "http-request",
  does: "asks for a web page",
  cases: [36],
  async misbehave(connection) {
    await connection.send(Buffer.from("GET /announce HTTP/1.1\r\nHost: tracker.example\r\n\r\n"));
  },
};
