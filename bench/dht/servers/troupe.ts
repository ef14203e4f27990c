// `node troupe.ts PORT NODE …`: our DHT node without limits.

import { parseHostPort } from "@troupe/protocol/address";
import { setTimeout as delay } from "node:timers/promises";
import { OwnDhtWorker } from "../../../test/support/dht/own-worker.ts";

const [port, ...nodes] = process.argv.slice(2);
const limits = {
  answerBytesPerSecond: Infinity,
  unprovenBytesPerSecond: Infinity,
  queriesPerAddress: Infinity,
};
const worker = await OwnDhtWorker.start(
  { bootstrap: nodes.map(parseHostPort), routers: [], limits },
  { hosts: ["127.0.0.1"], ports: [Number(port)] },
  (error) => {
    throw error;
  },
);
for (;;) {
  const { families } = await worker.ref.call("status", {});
  if (families.some((family) => family.nodes >= nodes.length)) break;
  await delay(100);
}
console.log("up");
