import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

import test from "ava";

import { nodeGateways } from "../../../src/io/network/node-gateways.ts";

test("each gateway of this machine comes with an address of this machine", (t) => {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  for (const { host, localHost } of nodeGateways.list()) {
    t.is(isIP(host), 4);
    t.true(own.some(({ address }) => address === localHost));
  }
  t.true(Array.isArray(nodeGateways.list()));
});
