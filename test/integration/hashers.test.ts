// Hashers of the program in the threads of engines.

import { createHash } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import type { AddOptions, Torrent } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { isLong } from "../support/lanes.ts";
import { listen, writeModule } from "../support/programs/modules.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 16 * 1024;
/** A call in the middle of a download, and one near its end. */
const middle = isLong ? 40 : 12;
const late = isLong ? 150 : 45;
const pieces = isLong ? 200 : 60;
const shape = { pieceLengthBytes, files: pieces * pieceLengthBytes };

const head = `import { createHash } from "node:crypto";
  const sha1 = (bytes) => createHash("sha1").update(bytes).digest();
  let calls = 0;`;

/** A hasher by the body of its method, which has `bytes`, `sha1` and the number of the call. */
const hasherBy = (body: string): string =>
  `${head}\nexport default () => ({ hash(bytes) { const call = ++calls; ${body} } });`;

/** The payload with one wrong byte in the first block of every third piece. */
function falsified(payload: Uint8Array): Uint8Array {
  const wrong = Uint8Array.from(payload);
  for (let at = 0; at < wrong.length; at += 3 * pieceLengthBytes) wrong[at] = ~(wrong[at] ?? 0);
  return wrong;
}

async function openScene(t: ExecutionContext, code: string | ((content: Uint8Array) => string)) {
  const swarm = await Swarm.open(shape, { host: "threads" });
  t.teardown(() => swarm[Symbol.asyncDispose]());
  const folder = swarm.folder("modules").path;
  const text = typeof code === "string" ? code : code(swarm.content);
  const hasher = writeModule(folder, "hasher.mjs", text);
  const join = (torrent: AddOptions) =>
    swarm.join({ torrent: { useTrackers: false, start: false, ...torrent } });
  return { hasher, join, swarm };
}

/** The error of a torrent that is started. */
async function faultOf(
  torrent: Torrent,
): Promise<{ readonly code: string; readonly message: string }> {
  const failed = new Promise<{ code: string; message: string }>((resolve) => {
    torrent.once("error", resolve);
  });
  torrent.start();
  return await failed;
}

test.serial(
  "AE27: a hasher of a file hashes every piece of a download, which is right bit for bit",
  async (t) => {
    const name = `hasher ${process.pid}`;
    const { hasher, join, swarm } = await openScene(
      t,
      `import { BroadcastChannel } from "node:worker_threads";
    const channel = new BroadcastChannel("${name}");
    channel.unref();
    ${hasherBy("channel.postMessage(call); return Promise.resolve(sha1(bytes));")}`,
    );
    const { told, until } = listen<number>(t, name);
    const { host, port } = await swarm.pacedSeeder();
    const { record, folder } = await join({ peers: [{ host, port }], modules: { hasher } });
    record.torrent.start();
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    await until((all) => all.length >= pieces);
    t.is(told.length, pieces);
    t.is(record.torrent.fault, undefined);
  },
);

test.serial("AE27: the example of a hasher works", async (t) => {
  const { join, swarm } = await openScene(t, "");
  const { host, port } = await swarm.pacedSeeder();
  const hasher = new URL("../../examples/modules/web-crypto-hasher.ts", import.meta.url);
  const { record, folder } = await join({ peers: [{ host, port }], modules: { hasher } });
  record.torrent.start();
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
});

type Broken = readonly [title: string, body: string, deed: RegExp];

/** Hashers that break their promise, and what the message says of them. */
const broken: readonly Broken[] = [
  [
    "calls a right piece wrong",
    `return call === ${middle} ? new Uint8Array(20) : sha1(bytes);`,
    /gave the hash 0{40} for piece \d+, which is [\da-f]{40};/,
  ],
  [
    "ends its thread",
    `if (call === ${middle}) process.exit(3); return sha1(bytes);`,
    /ended its thread: .*;/,
  ],
];
/** Their messages come from `ask-hasher.ts` and `thread-hasher.ts`, whose tests have each of them without an engine. */
const furtherBroken: readonly Broken[] = [
  [
    "throws",
    `if (call === ${middle}) throw new RangeError('tired'); return sha1(bytes);`,
    /threw RangeError: tired;/,
  ],
  [
    "never returns",
    `if (call === ${middle}) for (;;); return sha1(bytes);`,
    /did not answer within 1\d s;/,
  ],
  [
    "answers with too few bytes",
    `return call === ${middle} ? sha1(bytes).subarray(1) : sha1(bytes);`,
    /answered with 19 bytes, not with 20;/,
  ],
  [
    "answers with text",
    `return call === ${middle} ? sha1(bytes).toString('hex') : sha1(bytes);`,
    /answered with a value of the type string, not with bytes;/,
  ],
];

for (const [title, body, deed] of isLong ? [...broken, ...furtherBroken] : broken) {
  test.serial(
    `AE27: a hasher in a thread that ${title} ends its torrent alone, which continues without it`,
    async (t) => {
      const { hasher, join, swarm } = await openScene(t, hasherBy(body));
      const { host, port } = await swarm.pacedSeeder();
      const { coordinator, record, folder } = await join({
        peers: [{ host, port }],
        modules: { hasher },
      });
      await using other = await Swarm.open(
        { ...shape, files: shape.files + pieceLengthBytes },
        { host: "threads" },
      );
      const seed = await other.pacedSeeder();
      const beside = await coordinator.add(other.metainfo, {
        directory: other.folder("beside").path,
        useTrackers: false,
        peers: [{ host: seed.host, port: seed.port }],
      });
      const { torrent } = record;
      const { code, message } = await faultOf(torrent);
      t.is(code, "hasher-wrong");
      t.regex(message, deed);
      t.is(torrent.state, "error");
      t.true(torrent.bitfield.every((byte) => byte === 0));
      await beside.completed;
      t.is(beside.fault, undefined);
      torrent.setModules({ hasher: undefined });
      torrent.start();
      await torrent.completed;
      await assertSameFiles(t, swarm.payload, folder);
    },
  );
}

/** Calls each piece right whose last bytes are right, and throws in a late call. */
function callsRight(content: Uint8Array): string {
  const rights: Record<string, string> = {};
  for (let at = 0; at < content.length; at += pieceLengthBytes) {
    const piece = content.subarray(at, at + pieceLengthBytes);
    const end = Buffer.from(piece.subarray(-32)).toString("hex");
    rights[end] = createHash("sha1").update(piece).digest("hex");
  }
  return `const rights = ${JSON.stringify(rights)};
    let calls = 0;
    export default () => ({
      hash(bytes) {
        if (++calls === ${late}) throw new Error("enough");
        return Buffer.from(rights[Buffer.from(bytes.subarray(-32)).toString("hex")], "hex");
      },
    });`;
}

test.serial(
  "AE27: what a hasher has called right is hashed again after its fault, and wrong pieces are fetched again",
  async (t) => {
    const { hasher, join, swarm } = await openScene(t, callsRight);
    const liar = await swarm.pacedSeeder({ payload: falsified(swarm.content) });
    const { record, folder } = await join({
      peers: [{ host: liar.host, port: liar.port }],
      modules: { hasher },
    });
    const { torrent } = record;
    // Our own hash of one of four pieces, or the last call.
    t.is((await faultOf(torrent)).code, "hasher-wrong");
    t.true(torrent.bitfield.every((byte) => byte === 0));
    const { host, port } = await swarm.pacedSeeder();
    torrent.setModules({ hasher: undefined });
    torrent.start();
    torrent.addPeer({ host, port });
    await torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
  },
);
