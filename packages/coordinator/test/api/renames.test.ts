import test from "ava";
import { RecordingRef, settle } from "@troupe/actor-runtime/testing";
import { TroupeError, type FileRename } from "@troupe/control";
import type { ApiProtocol, TorrentId, TorrentInfo } from "@troupe/messages";
import { Renames } from "../../src/api/renames.ts";

const renames = [{ from: "a", to: "b" }];

/** A torrent whose engine answers a rename with `answer`; a rejected promise is an engine that cannot be asked. */
function scene(answer: () => unknown = () => ({}), move: { isCutOff?: boolean } = {}) {
  const engine = new RecordingRef<ApiProtocol>("engine");
  engine.answer = (name) => (name === "plan-rename" ? { renames } : answer());
  const saved: (readonly FileRename[])[] = [];
  const shown: (readonly FileRename[])[] = [];
  const moved = Promise.withResolvers<void>();
  const torrent = {
    id: 1 as TorrentId,
    info: { name: "t", hasMetadata: true } as TorrentInfo,
    moves: {
      over: () => moved.promise,
      areCutOff: async () => move.isCutOff === true,
    },
    services: {
      engine,
      saveNames: () => Promise.resolve(),
      untilAnswered: <Answer>(ask: () => Promise<Answer>) => ask(),
    },
    settings: { values: {}, setRenames: (list: readonly FileRename[]) => void saved.push(list) },
    figures: { setRenames: (list: readonly FileRename[]) => void shown.push(list) },
  };
  const renaming = new Renames(torrent).rename(0, "b");
  return { engine, renaming, saved, shown, endMove: () => moved.resolve() };
}

test("E11: new names are saved before the engine carries them out", async (t) => {
  const { engine, renaming, saved, shown, endMove } = scene();
  endMove();
  await renaming;
  t.deepEqual([saved, shown], [[renames], [renames]]);
  t.deepEqual(
    engine.sent.map(({ name }) => name),
    ["plan-rename", "rename-files"],
  );
});

test("E11: a refused rename leaves the names before it on record", async (t) => {
  const { renaming, saved, shown, endMove } = scene(() => ({ refused: "EACCES", message: "no" }));
  endMove();
  await t.throwsAsync(renaming, { code: "EACCES" });
  t.deepEqual([saved, shown], [[renames, []], []]);
});

test("E11: where it is unknown whether files have their new names, these stay on record", async (t) => {
  const silent = new TroupeError("call-deadline", "no answer");
  const { renaming, saved, endMove } = scene(() => Promise.reject(silent));
  endMove();
  await t.throwsAsync(renaming, { code: "call-deadline" });
  t.deepEqual(saved, [renames]);
});

test("E11: a rename waits for the end of a move", async (t) => {
  const { engine, renaming, endMove } = scene();
  await settle();
  t.deepEqual(engine.sent, []);
  endMove();
  await renaming;
  t.is(engine.sent.length, 2);
});

test("E11: a torrent whose move was cut off refuses a rename", async (t) => {
  const { engine, renaming, saved, endMove } = scene(undefined, { isCutOff: true });
  endMove();
  await t.throwsAsync(renaming, { code: "torrent-busy" });
  t.deepEqual([engine.sent, saved], [[], []]);
});
