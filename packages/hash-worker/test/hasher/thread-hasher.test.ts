import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { WrongAnswer } from "@troupe/actor-runtime/module-answers";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { openHasher } from "../../src/hasher/thread-hasher.ts";

const memory = new SharedArrayBuffer(1 << 18);
new Uint8Array(memory).forEach((_, index, bytes) => (bytes[index] = (index * 31) % 251));
const other = new SharedArrayBuffer(100);

const right = `import { createHash } from "node:crypto";
  const sha1 = (bytes) => createHash("sha1").update(bytes).digest();`;

/** A hasher by the code of a module. */
function open(t: ExecutionContext, code: string) {
  const folder = mkdtempSync(join(tmpdir(), "hasher-"));
  writeFileSync(join(folder, "hasher.mjs"), `${right}\n${code}`);
  const time = new ManualTime();
  const url = pathToFileURL(join(folder, "hasher.mjs")).href;
  const hasher = openHasher({ url, timers: time, loadMs: 30_000, answerMs: 10_000 });
  t.teardown(async () => {
    await hasher.close();
    rmSync(folder, { recursive: true });
  });
  return { hasher, time };
}

const piece = (offset: number, lengthBytes: number, of = memory) => ({
  memory: of,
  offset,
  lengthBytes,
});

function sha1Of({ memory: of, offset, lengthBytes }: ReturnType<typeof piece>): Buffer {
  return createHash("sha1")
    .update(new Uint8Array(of, offset, lengthBytes))
    .digest();
}

test("AE27: a hasher in a thread hashes pieces of several memories, in order, and changes none", async (t) => {
  const code = "export default () => ({ hash(b) { const h = sha1(b); b.fill(0); return h; } });";
  const { hasher } = open(t, code);
  await hasher.load();
  const before = new Uint8Array(memory).slice();
  const tasks = [piece(0, 16_384), piece(10, 60, other), piece(16_384, 100_001)];
  const [all, last] = await Promise.all([hasher.digestAll(tasks), hasher.digestAll([piece(5, 5)])]);
  t.deepEqual(Buffer.from(all), Buffer.concat(tasks.map((task) => sha1Of(task))));
  t.deepEqual(Buffer.from(last), sha1Of(piece(5, 5)));
  t.deepEqual(new Uint8Array(memory).slice(), before);
});

test("AE27: a module that cannot be loaded is no hasher", async (t) => {
  const wrong = open(t, "export default 4;");
  await t.throwsAsync(wrong.hasher.load(), {
    instanceOf: WrongAnswer,
    message: "has no function as its default export",
  });
  const broken = open(t, "export default (;");
  await t.throwsAsync(broken.hasher.load(), { instanceOf: WrongAnswer, message: /^threw Syntax/ });
});

test("AE27: a hasher that throws for a piece is asked for the next one", async (t) => {
  const { hasher } = open(
    t,
    "export default () => ({ hash: (b) => { if (b.length === 9) throw new RangeError('nine'); return sha1(b); } });",
  );
  const bad = hasher.digestAll([piece(0, 9)]);
  const good = hasher.digestAll([piece(0, 10)]);
  await t.throwsAsync(bad, { instanceOf: WrongAnswer, message: "threw RangeError: nine" });
  t.deepEqual(Buffer.from(await good), sha1Of(piece(0, 10)));
});

test("AE27: a hasher that ends its thread has failed, and another thread answers the next question", async (t) => {
  const { hasher } = open(
    t,
    "export default () => ({ hash: (b) => b.length === 9 ? process.exit(3) : sha1(b) });",
  );
  await hasher.load();
  await t.throwsAsync(hasher.digestAll([piece(0, 9)]), {
    instanceOf: WrongAnswer,
    message: /^ended its thread: /,
  });
  t.deepEqual(Buffer.from(await hasher.digestAll([piece(0, 10)])), sha1Of(piece(0, 10)));
});

test("AE27: a hasher that never returns has failed after 10 s and 0.1 s for each MB, and its thread is ended", async (t) => {
  const { hasher, time } = open(
    t,
    "export default () => ({ hash: (b) => { if (b.length === 9) for (;;); return sha1(b); } });",
  );
  await hasher.load();
  const late = hasher.digestAll([piece(0, 9)]);
  let isOver = false;
  void late.catch(() => (isOver = true));
  // The question goes to the thread at the end of the turn.
  await new Promise(setImmediate);
  time.advance(10_000);
  await new Promise(setImmediate);
  t.false(isOver);
  time.advance(1_000);
  await t.throwsAsync(late, { instanceOf: WrongAnswer, message: "did not answer within 10 s" });
  t.deepEqual(Buffer.from(await hasher.digestAll([piece(0, 10)])), sha1Of(piece(0, 10)));
});

test("AE27: a closed hasher answers no question", async (t) => {
  const { hasher } = open(t, "export default () => ({ hash: () => new Promise(() => {}) });");
  await hasher.load();
  const waiting = hasher.digestAll([piece(0, 9)]);
  await new Promise(setImmediate);
  const closed = hasher.close();
  await t.throwsAsync(waiting, { instanceOf: WrongAnswer, message: "is closed" });
  await closed;
  await t.throwsAsync(hasher.digestAll([piece(0, 9)]), { message: "is closed" });
});
