import test from "ava";
import { TroupeError, type TorrentSettings } from "@troupe/control";
import { settle } from "@troupe/actor-runtime/testing";
import { Arrival } from "../../../src/api/life/arrival.ts";
import { TorrentPromises } from "../../../src/api/torrent-promises.ts";

/** A torrent in `/part`, whose moves the test ends. */
function scene(settings: TorrentSettings = { moveTo: "/data" }, existing: readonly string[] = []) {
  const moves: { readonly to: string; readonly over: PromiseWithResolvers<void> }[] = [];
  const warnings: { readonly code: string; readonly message: string }[] = [];
  const moved: string[] = [];
  const promises = new TorrentPromises();
  let values = settings;
  const torrent = {
    services: {
      request: { directory: "/part" },
      exists: (path: string) => Promise.resolve(existing.includes(path)),
    },
    settings: {
      get values() {
        return values;
      },
      set: (changes: object) => {
        values = Object.fromEntries(
          Object.entries({ ...values, ...changes }).filter(([, value]) => value !== null),
        );
      },
    },
    files: [{ path: "/part/film/a.mkv" }, { path: "/part/film/b.mkv" }],
    promises,
    events: {
      emit: (_name: string, { directory }: { readonly directory: string }) => moved.push(directory),
    },
    moves: {
      move: async (to: string, after: () => Promise<void>) => {
        const over = Promise.withResolvers<void>();
        moves.push({ to, over });
        try {
          await over.promise;
          torrent.services.request.directory = to;
        } finally {
          await after();
        }
      },
    },
    resumeAfterMove: () => Promise.resolve(),
    receive: (event: { readonly code: string; readonly message: string }) => warnings.push(event),
  };
  const arrival = new Arrival(torrent as never);
  const take = (event: "complete" | "stopped" | "warning"): boolean => arrival.take({ event });
  return { arrival, moved, moves, promises, take, values: () => values, warnings };
}

test("E10: a complete torrent moves to its final folder, and emits `complete` once", async (t) => {
  const { moved, moves, promises, take, values } = scene();
  t.true(take("complete"));
  t.false(take("stopped"), "the stop of a move is not the user's");
  t.deepEqual(
    moves.map(({ to }) => to),
    ["/data"],
  );
  t.is(promises.arrived.outcome, "pending");
  moves[0]?.over.resolve();
  await settle();
  t.deepEqual(moved, ["/data"]);
  t.deepEqual(values(), {});
  t.is(promises.arrived.outcome, "pending", "the start after the move makes files without bytes");
  t.false(take("complete"), "the start after the move finds it complete again");
  await promises.arrived.promise;
  t.true(take("stopped"));
  t.true(take("complete"));
  t.is(moves.length, 1);
});

test("E10: a move that fails is a warning that says what to do, and the next start of the user tries again", async (t) => {
  const { moves, promises, take, values, warnings } = scene();
  take("complete");
  moves[0]?.over.reject(new TroupeError("ENOSPC", "no space is left"));
  await promises.arrived.promise;
  t.deepEqual(warnings, [
    {
      event: "warning",
      code: "move-failed",
      message:
        'cannot move the complete torrent to "/data": no space is left. It stays in "/part", and its next start tries again: free space there',
    },
  ] as never);
  t.deepEqual(values(), { moveTo: "/data" });
  t.false(take("complete"));
  t.true(take("complete"));
  t.is(moves.length, 1, "a completion in the same run begins no move");
  take("stopped");
  take("complete");
  t.is(moves.length, 2);
});

test("a torrent that lacked a piece after the move emits `complete` again", async (t) => {
  const { moves, promises, take } = scene();
  promises.onEvent({ event: "complete", seconds: 1 });
  take("complete");
  moves[0]?.over.resolve();
  await settle();
  promises.reopen();
  t.true(take("complete"));
});

test("a torrent without a final folder arrives with its completion", async (t) => {
  const { moves, promises, take } = scene({});
  t.true(take("complete"));
  await promises.arrived.promise;
  t.deepEqual(moves, []);
});

test("a torrent that lies in its final folder ends the setting", async (t) => {
  const { promises, take, values } = scene({ moveTo: "/part" });
  take("complete");
  await promises.arrived.promise;
  t.deepEqual(values(), {});
});

test("E10: a magnet whose files lie in its final folder joins them", async (t) => {
  const { arrival, moves, take, values } = scene({ moveTo: "/data" }, ["/data/film"]);
  const joining = arrival.joinFiles();
  await settle();
  t.deepEqual(
    moves.map(({ to }) => to),
    ["/data"],
  );
  moves[0]?.over.resolve();
  t.true(await joining);
  t.deepEqual(values(), {});
  t.false(await arrival.joinFiles());
  t.true(take("complete"));
});

test("a magnet without files in its final folder stays where it is", async (t) => {
  const { arrival, moves } = scene({ moveTo: "/data" }, ["/part/film"]);
  t.false(await arrival.joinFiles());
  t.deepEqual(moves, []);
});
