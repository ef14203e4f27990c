// The methods that act on torrents: start, stop, verify, announce, remove, and the moves in the queue.

import type { TorrentRow } from "../../view/torrent-row.ts";
import { endedWithin, mapAFewAtOnce } from "../bounded-work.ts";
import type { RpcCall, RpcMethod } from "../call.ts";
import type { Values } from "../values.ts";
import { hasCode } from "../rpc-error.ts";
import { selectTorrents } from "../torrent-selection.ts";

/** A hash check or a move that takes longer goes on behind the answer. */
export const longestWaitMs = 1_000;

const nothing: Values = {};

/** States of torrents that a start acts on. */
const restingStates: ReadonlySet<TorrentRow["state"]> = new Set([
  "error",
  "paused",
  "stopped",
  "stopping",
]);

/** Acts on each torrent of a call. A torrent that is gone meanwhile is left out. */
function forEachTorrent(
  act: (call: RpcCall, row: TorrentRow) => Promise<unknown>,
): RpcMethod["answer"] {
  return async (call) => {
    const { rows } = await selectTorrents(call);
    await mapAFewAtOnce(rows, async (row) => await unlessGone(act(call, row)));
    return nothing;
  };
}

/** Waits for work about a torrent; a torrent that is gone is no error. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!hasCode(error, "no-torrent")) throw error;
  }
}

/** Runs a command of all torrents at once. */
async function runFor(
  { calls }: RpcCall,
  command: "start" | "stop",
  rows: readonly TorrentRow[],
): Promise<void> {
  const torrents = rows.map(({ torrent }) => torrent);
  // Without torrents the commands act on all.
  if (torrents.length > 0) await calls.run(command, { torrents });
}

async function setForced(
  { calls }: RpcCall,
  rows: readonly TorrentRow[],
  forced: true | null,
): Promise<void> {
  await mapAFewAtOnce(rows, async ({ torrent }) =>
    unlessGone(calls.run("set", { torrent, forced })),
  );
}

function inQueueOrder(rows: readonly TorrentRow[]): TorrentRow[] {
  return rows.toSorted((one, other) => one.queuePosition - other.queuePosition);
}

/** A start with the limits of the queue. */
const torrentStart: RpcMethod = {
  hasEffects: true,
  answer: async (call) => {
    const { rows } = await selectTorrents(call);
    const resting = inQueueOrder(rows.filter(({ state }) => restingStates.has(state)));
    const forced = resting.filter(({ isForced }) => isForced);
    await setForced(call, forced, null);
    await runFor(call, "start", resting);
    return nothing;
  },
};

/** A start outside of the queue. */
const torrentStartNow: RpcMethod = {
  hasEffects: true,
  answer: async (call) => {
    const { rows } = await selectTorrents(call);
    const waiting = inQueueOrder(
      rows.filter(({ state }) => restingStates.has(state) || state === "queued"),
    );
    const unforced = waiting.filter(({ isForced }) => !isForced);
    await setForced(call, unforced, true);
    await runFor(call, "start", waiting);
    return nothing;
  },
};

const torrentStop: RpcMethod = {
  hasEffects: true,
  answer: async (call) => {
    const { rows } = await selectTorrents(call);
    await runFor(call, "stop", rows);
    return nothing;
  },
};

/** A hash check of all pieces. */
const torrentVerify: RpcMethod = {
  hasEffects: true,
  answer: forEachTorrent(async ({ calls, ports }, { torrent }) =>
    endedWithin(ports.timers, longestWaitMs, calls.run("hashcheck", { torrent })),
  ),
};

/** An announce. A tracker that permits none yet, and a torrent at rest, are no error. */
const torrentReannounce: RpcMethod = {
  hasEffects: true,
  answer: forEachTorrent(async ({ calls }, { torrent }) => {
    try {
      await calls.run("announce", { torrent });
    } catch (error) {
      if (!hasCode(error, "announce-too-early", "not-running", "quarantined")) throw error;
    }
  }),
};

const torrentRemove: RpcMethod = {
  hasEffects: true,
  answer: async (call) => {
    const data = call.parameters.flag("delete_local_data") ?? false;
    return await forEachTorrent(async ({ calls }, { torrent }) =>
      calls.run("remove", { torrent, data }),
    )(call);
  },
};

/**
 * A move in the queue, one torrent after the other: the torrents keep their order among themselves.
 *
 * @param isLastFirst The torrents are moved from the last to the first.
 */
function queueMove(position: "bottom" | "down" | "top" | "up", isLastFirst: boolean): RpcMethod {
  return {
    hasEffects: true,
    answer: async (call) => {
      const rows = inQueueOrder((await selectTorrents(call)).rows);
      for (const { torrent } of isLastFirst ? rows.toReversed() : rows)
        await unlessGone(call.calls.run("queue", { torrent, position }));
      return nothing;
    },
  };
}

/** The methods by their names. */
export const torrentActions: Readonly<Record<string, RpcMethod>> = {
  queue_move_bottom: queueMove("bottom", false),
  queue_move_down: queueMove("down", true),
  queue_move_top: queueMove("top", true),
  queue_move_up: queueMove("up", false),
  torrent_reannounce: torrentReannounce,
  torrent_remove: torrentRemove,
  torrent_start: torrentStart,
  torrent_start_now: torrentStartNow,
  torrent_stop: torrentStop,
  torrent_verify: torrentVerify,
};
