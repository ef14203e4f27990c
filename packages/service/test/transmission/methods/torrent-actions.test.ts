import { TroupeError } from "@troupe/control";
import test from "ava";
import { fails, hashOf, numberedRows, TransmissionService } from "../../support/transmission.ts";

const hashes = (...numbers: readonly number[]): string[] => numbers.map(hashOf);

test("a start begins torrents at rest in the order of the queue, within its limits", async (t) => {
  const states = ["active", "stopped", "paused", "queued", "error"] as const;
  const rows = numberedRows(5, (number) => ({
    state: states[number - 1] ?? "active",
    queuePosition: 10 - number,
    isForced: number === 3,
  }));
  const service = new TransmissionService(rows);
  t.deepEqual(await service.commandsOf("torrent_start"), [
    ["set", { torrent: hashOf(3), forced: null }],
    ["start", { torrents: hashes(5, 3, 2) }],
  ]);
});

test("a start now begins torrents outside of the queue", async (t) => {
  const states = ["active", "stopped", "queued"] as const;
  const rows = numberedRows(3, (number) => ({ state: states[number - 1] ?? "active" }));
  const service = new TransmissionService(rows);
  t.deepEqual(await service.commandsOf("torrent_start_now"), [
    ["set", { torrent: hashOf(2), forced: true }],
    ["set", { torrent: hashOf(3), forced: true }],
    ["start", { torrents: hashes(2, 3) }],
  ]);
});

test("a call that names no torrent that there is acts on none", async (t) => {
  const service = new TransmissionService(numberedRows(2, () => ({ state: "stopped" })));
  for (const method of ["torrent_start", "torrent_start_now", "torrent_stop", "torrent_remove"])
    for (const ids of [[], [99], "unknown"])
      t.deepEqual(await service.commandsOf(method, { ids }), [], method);
});

test("a stop stops the torrents of the call at once", async (t) => {
  const service = new TransmissionService(numberedRows(3));
  t.deepEqual(await service.commandsOf("torrent_stop", { ids: [1, 3] }), [
    ["stop", { torrents: hashes(1, 3) }],
  ]);
});

test("a removal keeps the data unless the call says otherwise", async (t) => {
  const service = new TransmissionService(numberedRows(2));
  await service.result("torrent_remove", { ids: 1 });
  await service.classic("torrent-remove", { ids: [2], "delete-local-data": true });
  t.deepEqual(service.calls.made, [
    ["remove", { torrent: hashOf(1), data: false }],
    ["remove", { torrent: hashOf(2), data: true }],
  ]);
  const wrong = service.jsonRpc("torrent_remove", { ids: 1, delete_local_data: "yes" });
  await fails(t, wrong, -32_602, /delete_local_data is "yes"; allowed is true or false/);
});

test("a torrent that is gone meanwhile is no error of a removal", async (t) => {
  const gone = new TroupeError("no-torrent", "there is no such torrent");
  const service = new TransmissionService(numberedRows(2), { remove: gone });
  t.is((await service.commandsOf("torrent_remove")).length, 2);
});

test("a hash check that takes long goes on behind the answer", async (t) => {
  const service = new TransmissionService(numberedRows(1));
  const { calls, time } = service;
  calls.run = (name: string, given: object) => {
    calls.made.push([name, given]);
    return new Promise<never>(() => undefined);
  };
  const answer = service.result("torrent_verify", { ids: 1 });
  await new Promise(setImmediate);
  t.deepEqual(time.delaysMs, [1_000]);
  time.advance(1_000);
  t.deepEqual(await answer, {});
  t.deepEqual(calls.made, [["hashcheck", { torrent: hashOf(1) }]]);
});

test("a hash check that is refused at once fails the call", async (t) => {
  const refused = new TroupeError("not-running", "the torrent does not run");
  const service = new TransmissionService(numberedRows(1), { hashcheck: refused });
  await fails(t, service.jsonRpc("torrent_verify"), 5, /the torrent does not run/);
  t.is(service.time.pending, 0);
});

test("an announce that comes too early, or of a torrent at rest, is no error", async (t) => {
  for (const code of ["announce-too-early", "not-running"]) {
    const refused = new TroupeError(code, "no announce is permitted");
    const service = new TransmissionService(numberedRows(2), { announce: refused });
    t.deepEqual(await service.commandsOf("torrent_reannounce"), [
      ["announce", { torrent: hashOf(1) }],
      ["announce", { torrent: hashOf(2) }],
    ]);
  }
});

test("moves in the queue keep the order of the moved torrents", async (t) => {
  const rows = numberedRows(3, (number) => ({ queuePosition: 5 - number }));
  const orders = [
    ["top", [1, 2, 3]],
    ["up", [3, 2, 1]],
    ["down", [1, 2, 3]],
    ["bottom", [3, 2, 1]],
  ] as const;
  for (const [position, order] of orders) {
    const service = new TransmissionService(rows);
    t.deepEqual(
      await service.commandsOf(`queue_move_${position}`),
      hashes(...order).map((torrent) => ["queue", { torrent, position }]),
    );
  }
});
