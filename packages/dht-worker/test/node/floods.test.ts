import test from "ava";
import { encodeQuery, type KrpcQuery, secureNodeId } from "@troupe/protocol/dht";

import { FedWorker } from "../support/fed-worker.ts";
import { hostOf, randomId, seededBytes } from "../support/nodes.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const { bytes: randomBytes } = seededRandom(15);
const target = randomId(randomBytes);
const queries: readonly KrpcQuery[] = [
  { method: "get_peers", target },
  { method: "find_node", target },
  { method: "get", target },
  { method: "ping" },
];

/** A worker whose table is full, and has more peers of the target than an answer has room for. */
function fullWorker(): FedWorker {
  const fed = new FedWorker();
  for (let number = 0; number < 500; number++) {
    const host = hostOf(number);
    const contact = { id: secureNodeId(host, seededBytes(number)), host, port: 6_881 };
    fed.node.table.answered({ ...contact, roundTripMs: 20 }, fed.time.nowMs());
    const peer = `198.18.${number >> 8}.${number & 255}`;
    fed.worker.services.serving.peers.announce(target, peer, 6_881, fed.time.nowMs());
  }
  return fed;
}

for (const perSecond of [10, 100, 1_000]) {
  test(`case 80, case 85: ${perSecond} forged senders a second get four times their bytes, 2,000 a second, and no place in the table`, (t) => {
    const fed = fullWorker();
    const before = fed.node.table.size;
    t.true(before > 150, `${before} nodes`);
    let [received, sent, passedMs] = [0, 0, 0];
    for (let query = 0; query < Math.min(2_000, 60 * perSecond); query++) {
      fed.time.advance(1_000 / perSecond);
      passedMs += 1_000 / perSecond;
      fed.sent.length = 0;
      const [a = 0, b, c] = randomBytes(3);
      const from = { host: `${(a % 100) + 100}.${b}.${c}.7`, port: 1_024 + query };
      const asked = queries[query % queries.length] ?? { method: "ping" };
      const bytes = encodeQuery(Uint8Array.of(1), randomId(randomBytes), asked, { want: [4, 6] });
      received += bytes.length;
      fed.node.received(bytes, from);
      // The answer, and the ping of a stranger.
      for (const datagram of fed.sent) sent += datagram.bytes.length;
      const allowed = 4 * received + Math.max(2 * passedMs, 1.8 * passedMs + 2_000);
      t.true(sent <= allowed, `${sent} of ${allowed} after ${passedMs} ms`);
    }
    t.true(sent > 2 * received || sent > 20_000, `${sent}`);
    t.true(fed.node.table.size <= before);
  });
}
