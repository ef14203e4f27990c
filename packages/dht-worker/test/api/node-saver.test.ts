import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { SavedDhtNodes } from "@troupe/messages";
import test from "ava";
import { readNodeFile } from "../../src/api/node-file.ts";
import { NodeSaver } from "../../src/api/node-saver.ts";
import { Dht } from "../../src/index.ts";

/** A process with the socket `port`, which knows a node of this number. */
function exportOf(port: number, node: number): SavedDhtNodes {
  const host = "0.0.0.0";
  return {
    ids: [{ family: 4, id: new Uint8Array(20).fill(port), host, port, publicHost: "192.0.2.1" }],
    nodes: [
      { id: new Uint8Array(20).fill(node), host: `192.0.2.${node}`, port: 1, lastAnswerMs: node },
    ],
  };
}

async function begin(path: string, exported: SavedDhtNodes): Promise<NodeSaver> {
  const saver = await NodeSaver.load(path);
  const export_ = () => Promise.resolve(exported);
  await saver.begin({ export: export_, timers: new ManualTime(), failed: () => undefined });
  return saver;
}

test("processes that share a file keep each other's nodes and ids", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "nodes.json");
  const first = await begin(path, exportOf(81, 11));
  const second = await begin(path, exportOf(82, 12));
  await first.end(undefined);
  await second.end(undefined);
  const { ids, nodes } = await readNodeFile(path);
  t.deepEqual(ids.map(({ port }) => port).toSorted(), [81, 82]);
  t.deepEqual(
    nodes.map(({ host }) => host),
    ["192.0.2.12", "192.0.2.11"],
  );
  const third = await begin(path, exportOf(81, 13));
  await third.end(undefined);
  t.is((await readNodeFile(path)).ids.length, 2);
});

test("a file that another program has written since is not replaced", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "nodes.json");
  const saver = await begin(path, exportOf(81, 11));
  await writeFile(path, '{"of": "another program"}');
  await t.throwsAsync(saver.end(undefined), { code: "dht-state-unreadable" });
  t.is(await readFile(path, "utf8"), '{"of": "another program"}');
});

test("ND1: of two nodes with one file, each takes up its own id on its own port", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const stateFile = join(folder, "nodes.json");
  const start = (port: number) =>
    Dht.start({ port, bind: ["127.0.0.1"], routers: [], host: "inline", stateFile });
  const idOf = async (dht: Dht) => (await dht.status()).families[0]?.id;
  const pair = [await start(0), await start(0)];
  const before = await Promise.all(pair.map(idOf));
  t.not(before[0], before[1]);
  const ports = pair.map(({ ports: { ipv4 = 0 } }) => ipv4);
  for (const dht of pair) await dht.close();
  const again = await Promise.all(ports.map(start));
  t.teardown(() => Promise.all(again.map((dht) => dht.close())));
  t.deepEqual(await Promise.all(again.map(idOf)), before);
});
