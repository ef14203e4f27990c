// Debian's python3-transmissionrpc, a client of Transmission's protocol.

import test from "ava";
import { assertTransmissionrpc } from "../support/clients/transmissionrpc.ts";
import { SmallSwarm } from "../support/service/small-swarm.ts";

test.serial(
  "python3-transmissionrpc adds, lists, changes, starts, moves and removes torrents",
  async (t) => {
    await using swarm = await SmallSwarm.open();
    await assertTransmissionrpc(t, swarm, `http://127.0.0.1:${swarm.served.port}/transmission/rpc`);
  },
);
