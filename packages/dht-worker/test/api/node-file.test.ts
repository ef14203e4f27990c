import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import {
  decodeNodeFile,
  encodeNodeFile,
  nodeFileLimitBytes,
  noSavedNodes,
  readNodeFile,
  writeNodeFile,
} from "../../src/api/node-file.ts";

const id = new Uint8Array(20).fill(7);
const saved = {
  ids: [{ family: 4, id, host: "0.0.0.0", port: 6_881, publicHost: "192.0.2.1" }],
  nodes: [
    { id, host: "192.0.2.9", port: 1, lastAnswerMs: 12 },
    { id, host: "2001:db8::1", port: 65_535, lastAnswerMs: 0 },
  ],
} as const;

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "troupe-test-"));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

test("a file has the ids and nodes that were written, and its folder no other file", async (t) => {
  const path = join(await folder(t), "below", "nodes.json");
  t.deepEqual(await readNodeFile(path), noSavedNodes);
  await writeNodeFile(path, saved);
  await writeNodeFile(path, saved);
  t.deepEqual(await readNodeFile(path), saved);
  t.deepEqual(await readdir(join(path, "..")), ["nodes.json"]);
});

test("an empty file has no nodes", async (t) => {
  const path = join(await folder(t), "nodes.json");
  await writeFile(path, "");
  t.deepEqual(await readNodeFile(path), noSavedNodes);
});

test("a file of another program is refused, and stays", async (t) => {
  const path = join(await folder(t), "notes.txt");
  for (const text of ["my notes", "{}", '{"format":"troupe-dht-nodes","version":2}']) {
    await writeFile(path, text);
    await t.throwsAsync(readNodeFile(path), { code: "dht-state-unreadable" });
    t.is(await readFile(path, "utf8"), text);
  }
  await writeFile(path, Buffer.alloc(nodeFileLimitBytes + 1));
  await t.throwsAsync(readNodeFile(path), { code: "dht-state-unreadable" });
});

test("a file that cannot be written is an error with the path", async (t) => {
  const path = join(await folder(t), "file", "nodes.json");
  await writeFile(join(path, ".."), "");
  await t.throwsAsync(writeNodeFile(path, saved), {
    code: "dht-state-not-saved",
    message: /nodes/,
  });
});

test("damaged entries are left out, and 200 nodes and 8 ids of a family are read", (t) => {
  const good = JSON.parse(Buffer.from(encodeNodeFile(saved)).toString()) as {
    nodes: Record<string, unknown>[];
    ids: Record<string, unknown>[];
  };
  const [node = {}] = good.nodes;
  const wrong = [
    null,
    5,
    {},
    { ...node, port: 0 },
    { ...node, host: "name" },
    { ...node, id: "7" },
  ];
  const many = Array.from({ length: 300 }, () => node);
  const text = JSON.stringify({
    ...good,
    ids: [...wrong, ...Array.from({ length: 9 }, () => good.ids).flat()],
    nodes: [...wrong, ...many],
  });
  const read = decodeNodeFile(Buffer.from(text));
  t.is(read.ids.length, 8);
  t.is(read.nodes.length, 200);
});

test("any bytes are read or refused by an error", (t) => {
  const whole = encodeNodeFile(saved);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const damaged = Uint8Array.from(whole);
      damaged[at] = byte;
      try {
        const { ids, nodes } = decodeNodeFile(damaged);
        return ids.length <= 2 && nodes.length <= 400;
      } catch (error) {
        return error instanceof Error;
      }
    }),
  );
  t.pass();
});
