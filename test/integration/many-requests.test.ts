// A peer over TCP that asks for everything at once: more than its connection may have waiting.

import test from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import type { InfoHash } from "@troupe/protocol/units";
import { request, waitForUnchoke } from "@troupe/load-peers/misbehaving";
import { dialConnection, targetOf } from "../support/hostile/port-connection.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 1 << 20;
const stretchBytes = 256;
const stretches = 30_000;

test("30,000 requests sent at once over TCP are all served over one connection", async (t) => {
  const lengthBytes = 8 * pieceLengthBytes;
  await using swarm = await Swarm.open({ pieceLengthBytes, files: lengthBytes });
  const { coordinator, record } = await swarm.seed({ engine: { peerWorkers: 1 } });
  using leaving = new DisposableStack();
  const connection = dialConnection(
    nodePorts(),
    { host: "127.0.0.1", port: coordinator.port },
    {
      target: targetOf(swarm.infoHash as InfoHash, swarm.content, pieceLengthBytes),
      peerId: Buffer.from("-XX0000-manyrequests"),
    },
  );
  leaving.defer(() => connection.close());
  await waitForUnchoke(connection);
  const before = connection.heardBytes;
  const requests = Array.from({ length: stretches }, (_, stretch) => {
    const at = stretch * stretchBytes;
    const piece = Math.floor(at / pieceLengthBytes);
    return request(piece, at % pieceLengthBytes, stretchBytes);
  });
  await connection.send(...requests);
  const due = stretches * (13 + stretchBytes);
  await connection.until(() => connection.heardBytes - before >= due);
  t.is(connection.heardBytes - before, due);
  t.deepEqual(record.partings, []);
});
