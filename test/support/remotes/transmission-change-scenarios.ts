// Scenarios of Transmission's protocol that change something and read it back. They run in this order.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { found, until } from "../time/until.ts";
import { magnetHash } from "./compared-torrents.ts";
import { reached } from "./prepare-states.ts";
import type { Scenario } from "./scenario.ts";
import { steeredBy, type TransmissionRemote } from "./transmission-remotes.ts";
import { answerOf, torrentOf } from "./transmission-state-scenarios.ts";

/** The schedule turns `alt-speed-enabled` on and off by the time of the day: it is not compared. */
const sessionChanges = {
  ...{ "alt-speed-down": 30, "alt-speed-up": 20 },
  ...{ "alt-speed-time-begin": 510, "alt-speed-time-end": 1_065, "alt-speed-time-day": 28 },
  ...{ "alt-speed-time-enabled": true },
  ...{ "speed-limit-down": 400, "speed-limit-down-enabled": true },
  ...{ "speed-limit-up": 300, "speed-limit-up-enabled": true },
  ...{ "download-queue-size": 40, "download-queue-enabled": true },
  ...{ "seed-queue-size": 30, "seed-queue-enabled": true },
  ...{ seedRatioLimit: 1.5, seedRatioLimited: true },
  ...{ "idle-seeding-limit": 90, "idle-seeding-limit-enabled": true },
  ...{ "peer-limit-global": 120, "peer-limit-per-torrent": 30 },
};
const sessionReset = {
  "alt-speed-time-enabled": false,
  ...{ "speed-limit-down-enabled": false, "speed-limit-up-enabled": false },
  ...{ "download-queue-enabled": false, "seed-queue-enabled": false },
  ...{ seedRatioLimited: false, "idle-seeding-limit-enabled": false },
};

async function chosenSettings(remote: TransmissionRemote): Promise<unknown> {
  const { body } = await remote.rpc.call("session-get");
  const all: Readonly<Record<string, unknown>> = body.arguments;
  return Object.fromEntries(Object.keys(sessionChanges).map((name) => [name, all[name]]));
}

/** Sets a torrent, and reads fields back. */
async function setAndRead(
  remote: TransmissionRemote,
  given: object,
  fields: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const { hash } = remote.torrents.changed;
  return {
    set: await answerOf(remote, "torrent-set", { ids: [hash], ...given }),
    torrents: await torrentOf(remote, hash, fields),
  };
}

/** Settles when the torrent is stopped: transmission-daemon looks for the data of an added one first. */
async function atRest(remote: TransmissionRemote, hash: string): Promise<void> {
  await until(`the torrent ${hash} is stopped`, async () =>
    isDeepStrictEqual(await torrentOf(remote, hash, ["status"]), [{ status: 0 }]),
  );
}

const fileFields = [
  ...["wanted", "priorities", "fileStats", "sizeWhenDone", "leftUntilDone", "percentDone"],
  "desiredAvailable",
];

const sessionScenarios: readonly Scenario<TransmissionRemote>[] = [
  {
    name: "session-set",
    text: "limits of the session, set and read back, then switched off",
    ask: async (remote) => ({
      set: await answerOf(remote, "session-set", sessionChanges),
      after: await chosenSettings(remote),
      reset: await answerOf(remote, "session-set", sessionReset),
      last: await chosenSettings(remote),
    }),
  },
];

const addScenarios: readonly Scenario<TransmissionRemote>[] = [
  {
    name: "add",
    text: "a new torrent, the same one again, and a magnet link again",
    ask: async (remote) => {
      const metainfo = Buffer.from(remote.torrents.late.bytes).toString("base64");
      const add = { metainfo, paused: true, "peer-limit": 12, "priority-high": [0] };
      const filename = `magnet:?xt=urn:btih:${magnetHash}`;
      const added = await answerOf(remote, "torrent-add", { ...add, "files-unwanted": [1] });
      // transmission-daemon looks for its data first.
      await reached(steeredBy(remote), { late: "stopped" });
      const fields = ["status", "peer-limit", "priorities", "wanted", "downloadDir"];
      return {
        added,
        torrents: await torrentOf(remote, remote.torrents.late.hash, fields),
        again: await answerOf(remote, "torrent-add", add),
        magnet: await answerOf(remote, "torrent-add", { filename }),
      };
    },
  },
  {
    name: "start-added",
    text: "a torrent that is added while added torrents do not start",
    ask: async (remote) => {
      const hash = "cd".repeat(20);
      const filename = `magnet:?xt=urn:btih:${hash}&dn=resting`;
      const off = await answerOf(remote, "session-set", { "start-added-torrents": false });
      const session = await remote.rpc.call("session-get");
      const add = await answerOf(remote, "torrent-add", { filename });
      await atRest(remote, hash);
      const torrents = await torrentOf(remote, hash, ["name", "status"]);
      const on = await answerOf(remote, "session-set", { "start-added-torrents": true });
      return { off, isOn: session.body.arguments["start-added-torrents"], add, torrents, on };
    },
  },
  {
    name: "download-dir",
    text: "a torrent that is added after the download folder was changed",
    ask: async (remote) => {
      const hash = "ef".repeat(20);
      const filename = `magnet:?xt=urn:btih:${hash}&dn=elsewhere`;
      const folder = { "download-dir": `${remote.data}/other` };
      const set = await answerOf(remote, "session-set", folder);
      const session = await remote.rpc.call("session-get");
      const add = await answerOf(remote, "torrent-add", { filename, paused: true });
      await atRest(remote, hash);
      const torrents = await torrentOf(remote, hash, ["name", "downloadDir", "status"]);
      const back = await answerOf(remote, "session-set", { "download-dir": remote.data });
      const after = session.body.arguments["download-dir"] as unknown;
      return { set, after, add: add["result"], torrents, back };
    },
  },
  {
    name: "add-wrong",
    text: "torrents that cannot be added",
    ask: async (remote) => ({
      nothing: await answerOf(remote, "torrent-add", {}),
      text: await answerOf(remote, "torrent-add", { metainfo: "AAAA" }),
      relative: await answerOf(remote, "torrent-add", {
        filename: `magnet:?xt=urn:btih:${magnetHash}`,
        "download-dir": "data",
      }),
    }),
  },
];

const setScenarios: readonly Scenario<TransmissionRemote>[] = [
  {
    name: "files",
    text: "files that are unwanted and wanted again, and their priorities",
    ask: async (remote) => ({
      unwanted: await setAndRead(remote, { "files-unwanted": [1] }, fileFields),
      priorities: await setAndRead(
        remote,
        { "files-wanted": [1], "priority-high": [0], "priority-low": [1] },
        fileFields,
      ),
      normal: await setAndRead(remote, { "priority-normal": [] }, fileFields),
      wrong: await setAndRead(remote, { "files-unwanted": [7] }, fileFields),
    }),
  },
  {
    name: "limits",
    text: "limits, the bandwidth priority, labels and seeding goals of a torrent",
    ask: async (remote) => ({
      on: await setAndRead(
        remote,
        {
          ...{ downloadLimit: 70, downloadLimited: true, uploadLimit: 60, uploadLimited: true },
          ...{ bandwidthPriority: 1, "peer-limit": 17, labels: ["one", "two"] },
          ...{ seedRatioLimit: 2.5, seedRatioMode: 1, seedIdleLimit: 45, seedIdleMode: 1 },
        },
        [
          ...["downloadLimit", "downloadLimited", "uploadLimit", "uploadLimited"],
          ...["bandwidthPriority", "peer-limit", "maxConnectedPeers", "labels"],
          ...["seedRatioLimit", "seedRatioMode", "seedIdleLimit", "seedIdleMode"],
        ],
      ),
      off: await setAndRead(
        remote,
        {
          ...{ downloadLimited: false, uploadLimited: false, bandwidthPriority: -1, labels: [] },
          ...{ seedRatioMode: 2, seedIdleMode: 0 },
        },
        [
          ...["downloadLimited", "uploadLimited", "bandwidthPriority", "labels"],
          ...["seedRatioMode", "seedIdleMode"],
        ],
      ),
    }),
  },
  {
    name: "trackers",
    text: "a tracker that is added, replaced and removed",
    ask: async (remote) => ({
      added: await setAndRead(remote, { trackerAdd: ["http://three.example/announce"] }, trackers),
      replaced: await setAndRead(
        remote,
        { trackerReplace: [0, "http://four.example/announce"] },
        trackers,
      ),
      removed: await setAndRead(remote, { trackerRemove: [1] }, trackers),
    }),
  },
];

const trackers = ["trackers"];

/** The places in the queue, once each torrent has another one: ours shows moved torrents within a second. */
async function queuePositions({ rpc }: TransmissionRemote): Promise<readonly number[]> {
  return await found("a place of each torrent in the queue", async () => {
    const { body } = await rpc.call("torrent-get", { fields: ["queuePosition"] });
    const rows: readonly { readonly queuePosition: number }[] = body.arguments.torrents;
    const places = rows.map(({ queuePosition }) => queuePosition);
    return new Set(places).size === places.length ? places : undefined;
  });
}

const actionScenarios: readonly Scenario<TransmissionRemote>[] = [
  {
    name: "start-stop",
    text: "a torrent that is stopped, started, and started outside of the queue",
    ask: async (remote) => {
      const steered = steeredBy(remote);
      const given = { ids: [remote.torrents.waiting.hash] };
      const stop = await answerOf(remote, "torrent-stop", given);
      await reached(steered, { waiting: "stopped" });
      const start = await answerOf(remote, "torrent-start", given);
      await reached(steered, { waiting: "downloading" });
      const stopAgain = await answerOf(remote, "torrent-stop", given);
      await reached(steered, { waiting: "stopped" });
      const startNow = await answerOf(remote, "torrent-start-now", given);
      await reached(steered, { waiting: "downloading" });
      const fields = ["status", "error", "leftUntilDone", "isFinished"];
      const torrents = await torrentOf(remote, remote.torrents.waiting.hash, fields);
      return { stop, start, stopAgain, startNow, torrents };
    },
  },
  {
    name: "verify",
    text: "a hash check of a torrent that seeds",
    ask: async (remote) => {
      const { hash } = remote.torrents.done;
      const verify = await answerOf(remote, "torrent-verify", { ids: [hash] });
      await reached(steeredBy(remote), { done: "seeding" });
      const fields = ["status", "haveValid", "leftUntilDone", "recheckProgress", "corruptEver"];
      return { verify, torrents: await torrentOf(remote, hash, fields) };
    },
  },
  {
    name: "rename",
    text: "a file and the folder of a torrent get other names; a path that is not there",
    ask: async (remote) => {
      const { hash } = remote.torrents.moved;
      const rename = async (path: string, name: string): Promise<unknown> =>
        await answerOf(remote, "torrent-rename-path", { ids: [hash], path, name });
      return {
        file: await rename("moved/a.bin", "c.bin"),
        torrents: await torrentOf(remote, hash, ["name", "files"]),
        wrong: await rename("moved/nothing.bin", "d.bin"),
      };
    },
  },
  {
    name: "move",
    text: "a torrent moves into another folder; a path that is not absolute",
    ask: async (remote) => {
      const { hash } = remote.torrents.moved;
      const move = async (location: string): Promise<unknown> =>
        await answerOf(remote, "torrent-set-location", { ids: [hash], location, move: true });
      const moved = await move(`${remote.data}/elsewhere`);
      const fields = ["downloadDir", "status", "leftUntilDone", "percentDone"];
      // The answer comes before the move has ended.
      const torrents = await found("the torrent elsewhere", async () => {
        const seen = await torrentOf(remote, hash, fields);
        return isElsewhere(seen) ? seen : undefined;
      });
      return { moved, torrents, relative: await move("elsewhere") };
    },
  },
  {
    name: "queue",
    text: "moves in the queue",
    ask: async (remote) => {
      const { changed, half, rested } = remote.torrents;
      const move = async (where: string, hash: string): Promise<unknown> => ({
        answer: await answerOf(remote, `queue-move-${where}`, { ids: [hash] }),
        positions: await queuePositions(remote),
      });
      return {
        top: await move("top", changed.hash),
        bottom: await move("bottom", half.hash),
        up: await move("up", rested.hash),
        down: await move("down", changed.hash),
      };
    },
  },
  {
    name: "gone",
    text: "a complete torrent is started after its data is gone",
    ask: async (remote) => {
      const { hash } = remote.torrents.rested;
      rmSync(join(remote.data, "rested"), { recursive: true });
      const start = await answerOf(remote, "torrent-start", { ids: [hash] });
      const { states } = steeredBy(remote);
      await until("the loss is noticed", async () => {
        const { rested = "other" } = await states();
        return rested === "error" || rested === "downloading";
      });
      return { start, torrents: await torrentOf(remote, hash, ["status", "error"]) };
    },
  },
  {
    name: "remove",
    text: "a torrent is removed with its data, then again; the torrents that have changed",
    ask: async (remote) => {
      const given = { ids: [remote.torrents.moved.hash], "delete-local-data": true };
      const removed = await answerOf(remote, "torrent-remove", given);
      const ids = "recently-active";
      const recent = await remote.rpc.call("torrent-get", { ids, fields: ["id"] });
      return {
        removed,
        again: await answerOf(remote, "torrent-remove", given),
        gone: recent.body.arguments.removed,
        list: await answerOf(remote, "torrent-get", { fields: ["id", "name"] }),
      };
    },
  },
];

/** The scenarios. */
export const transmissionChangeScenarios: readonly Scenario<TransmissionRemote>[] = [
  ...sessionScenarios,
  ...addScenarios,
  ...setScenarios,
  ...actionScenarios,
];

/** Whether the torrents of an answer lie in the folder that they are moved to. */
function isElsewhere(torrents: unknown): boolean {
  return JSON.stringify(torrents).includes("/elsewhere");
}
