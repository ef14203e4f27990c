import { isIP } from "node:net";

import test from "ava";

import { nodeNames } from "../../../src/io/network/node-names.ts";
import { Resolver } from "../../../src/io/network/resolver.ts";
import { namesSuite } from "../support/names-suite.ts";

const settle = <Value>(promise: Promise<Value>): Promise<Value> => promise;

namesSuite(test, (addresses) => {
  const resolver = new Resolver({
    readHosts: () => new Map(),
    openServers: () => async (name, family) =>
      (addresses[name] ?? []).filter((host) => isIP(host) === family),
  });
  return { names: nodeNames(resolver), settle };
});

test("a name of the hosts file keeps its local addresses", async (t) => {
  const names = nodeNames(
    new Resolver({ readHosts: () => new Map([["tracker.example", ["127.0.0.1"]]]) }),
  );
  t.deepEqual(await names.resolveAllowed("tracker.example"), ["127.0.0.1"]);
});
