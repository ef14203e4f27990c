import test from "ava";
import { runAt } from "@troupe/messages";
import { bitsOf } from "@troupe/protocol/testing";
import { readFile } from "../../../src/torrent/reading/read-file.ts";
import { endReader } from "../../../src/torrent/reading/tend-readers.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

const pieceBytes = 32_768;

/** A torrent at rest with four pieces, of which the record vouches for some. */
function scene(trusted: string, state: "error" | "queued" | "stopped" = "stopped") {
  const engine = makeScene();
  const job = engine.addJob();
  putIn(job, state);
  const { file } = engine;
  const refusals: { refused: string; message: string }[] = [];
  file.answer = (name) => {
    if (name === "open-storage") return { foundBytes: 1, known: { trusted: bitsOf(trusted) } };
    const refused = refusals.splice(0, 1).map((refusal) => ({ run: 0, ...refusal }));
    return name === "read-blocks" ? { refused, diskMs: 0 } : {};
  };
  const read = async (start: number, atRest = true) =>
    await readFile(engine.engine, job, {
      ...{ torrent: job.id, reader: 7, file: 0, start, end: 4 * pieceBytes },
      ...(atRest && { atRest }),
    });
  return { ...engine, job, read, refusals };
}

test("G11: a reader of a stopped torrent gets the pieces that its record vouches for, and a refusal at the first missing one", async (t) => {
  const { file, read } = scene("##-#");
  const first = await read(0);
  t.like(first, { lengthBytes: 2 * pieceBytes });
  t.like(await read(2 * pieceBytes), { refused: "torrent-stopped" });
  t.is(file.calls("open-storage").length, 1, "opened once for a reader");
  t.like(file.calls("open-storage")[0], { mayWrite: false, isToSettle: false });
});

test("the files have a number that no torrent has, and are closed with the reader", async (t) => {
  const { engine, file, job, read } = scene("####");
  await read(0);
  const [opened] = file.calls("open-storage");
  t.true((opened?.torrent ?? 0) < 0);
  const [message] = file.calls("read-blocks");
  t.is(message && runAt(message.runs, 0).torrent, opened?.torrent);
  endReader(engine, job, { reader: 7 });
  while (file.calls("close-storage").length === 0) await Promise.resolve();
  t.deepEqual(file.calls("close-storage"), [{ torrent: opened?.torrent }]);
});

test("a torrent that runs again is read as any other, and its reader's files are closed", async (t) => {
  const { file, job, read } = scene("#---");
  await read(0);
  putIn(job, "active");
  job.content.ledger.toHad(1 as never);
  t.like(await read(pieceBytes), { lengthBytes: pieceBytes });
  const last = file.calls("read-blocks").at(-1);
  t.is(last && runAt(last.runs, 0).torrent, job.id);
  t.is(file.calls("close-storage").length, 1);
});

test("files that another file-worker has no longer are opened again after half a second", async (t) => {
  const { file, read, refusals, time } = scene("####");
  refusals.push({ refused: "unknown-torrent", message: "it is not open" });
  const waiting = read(0);
  while (file.calls("close-storage").length === 0) await Promise.resolve();
  time.advance(100);
  t.deepEqual(await waiting, { lengthBytes: 0 });
  time.advance(500);
  await Promise.resolve();
  t.like(await read(0), { lengthBytes: 4 * pieceBytes });
  t.is(file.calls("open-storage").length, 2);
});

test("a reader of a queued torrent waits for missing pieces, and that of a torrent with an error gets the error", async (t) => {
  const queued = scene("-###", "queued");
  const waiting = queued.read(0);
  while (queued.file.calls("close-storage").length === 0) await Promise.resolve();
  queued.time.advance(100);
  t.deepEqual(await waiting, { lengthBytes: 0 });
  t.like(await scene("-###", "error").read(0), { refused: "EIO" });
  t.like(await scene("#---", "error").read(0), { lengthBytes: pieceBytes });
});

test("a reader that does not ask for files at rest is refused", async (t) => {
  const { file, read } = scene("####");
  t.like(await read(0, false), { refused: "torrent-stopped" });
  t.deepEqual(file.calls("open-storage"), []);
});
