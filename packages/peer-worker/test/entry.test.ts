import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import test from "ava";

import * as exported from "../src/index.ts";
import { peerActor } from "../src/peer.actor.ts";

test("the package exports its entry and nothing else", async (t) => {
  t.deepEqual(Object.keys(exported), ["peerWorkerEntry"]);
  t.is(await exported.peerWorkerEntry.load(), peerActor);
  t.true(existsSync(fileURLToPath(exported.peerWorkerEntry.url)));
});
