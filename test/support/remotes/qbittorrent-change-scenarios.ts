// Scenarios of qBittorrent's Web API that change something and read it back. They run in this order.

import { found } from "../time/until.ts";
import type { TorrentName } from "./compared-torrents.ts";
import { reached } from "./prepare-states.ts";
import { steeredBy, type QbittorrentRemote } from "./qbittorrent-remotes.ts";
import type { Scenario } from "./scenario.ts";
import type { Fields } from "./web-api.ts";

const preferences = {
  ...{ dl_limit: 51_200, up_limit: 40_960, max_connec: 300, max_connec_per_torrent: 40 },
  ...{ max_active_downloads: 7, max_active_uploads: 6, max_ratio_enabled: true, max_ratio: 2.5 },
  ...{ max_seeding_time_enabled: true, max_seeding_time: 600 },
  ...{ add_trackers_enabled: true, add_trackers: "http://five.example/announce" },
};
const preferencesReset = {
  ...{ dl_limit: 0, up_limit: 0, max_active_downloads: -1, max_active_uploads: -1 },
  ...{ max_ratio_enabled: false, max_seeding_time_enabled: false },
  ...{ add_trackers_enabled: false, add_trackers: "" },
};

/** Fields of the list of the torrent that scenarios change. */
async function changedFields(
  { api, torrents }: QbittorrentRemote,
  names: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await api.get("torrents/info", { hashes: torrents.changed.hash });
  return Object.fromEntries(names.map((name) => [name, body[0][name]]));
}

/** Fields of a torrent in the list, once it has these values: qBittorrent shows changes later. */
async function shownWhen(
  { api, torrents }: QbittorrentRemote,
  name: TorrentName,
  wanted: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const names = Object.keys(wanted);
  return await found(`${name} shows ${JSON.stringify(wanted)}`, async () => {
    const { body } = await api.get("torrents/info", { hashes: torrents[name].hash });
    const seen = Object.fromEntries(names.map((each) => [each, body[0][each]]));
    return JSON.stringify(seen) === JSON.stringify(wanted) ? seen : undefined;
  });
}

/** A request about that torrent. */
async function change(
  { api, torrents }: QbittorrentRemote,
  path: string,
  fields: Fields = {},
): Promise<unknown> {
  return await api.post(`torrents/${path}`, { hashes: torrents.changed.hash, ...fields });
}

/** Sizes while the second file is unwanted: of the third piece, which has parts of both, all bytes are wanted. */
const unwantedSizes = { size: 49_152, total_size: 60_000, amount_left: 49_152, completed: 0 };
const wantedSizes = { size: 60_000, total_size: 60_000, amount_left: 60_000, completed: 0 };

const settingScenarios: readonly Scenario<QbittorrentRemote>[] = [
  {
    name: "set-preferences",
    text: "limits and goals of all torrents, set and read back, then switched off",
    ask: async ({ api }) => {
      const set = await api.post("app/setPreferences", { json: JSON.stringify(preferences) });
      const read = async (): Promise<unknown> => {
        const { body } = await api.get("app/preferences");
        return Object.fromEntries(Object.keys(preferences).map((name) => [name, body[name]]));
      };
      const after = await read();
      const reset = await api.post("app/setPreferences", {
        json: JSON.stringify(preferencesReset),
      });
      return { set, after, reset, last: await read() };
    },
  },
  {
    name: "categories",
    text: "categories that are made, changed, given to a torrent and removed",
    ask: async (remote) => {
      const { api, data } = remote;
      const savePath = `${data}/films`;
      return {
        made: await api.post("torrents/createCategory", { category: "films", savePath }),
        again: await api.post("torrents/createCategory", { category: "films", savePath }),
        noName: await api.post("torrents/createCategory", { category: "" }),
        other: await api.post("torrents/createCategory", { category: "shows" }),
        edited: await api.post("torrents/editCategory", { category: "shows", savePath }),
        all: await api.get("torrents/categories"),
        given: await change(remote, "setCategory", { category: "films" }),
        wrong: await change(remote, "setCategory", { category: "nothing" }),
        fields: await changedFields(remote, ["category", "auto_tmm"]),
        removed: await api.post("torrents/removeCategories", { categories: "films\nshows" }),
        last: await api.get("torrents/categories"),
        fieldsAfter: await changedFields(remote, ["category", "auto_tmm"]),
      };
    },
  },
  {
    name: "tags",
    text: "tags that are given to a torrent and taken from it",
    ask: async (remote) => ({
      added: await change(remote, "addTags", { tags: "one,two" }),
      all: (await remote.api.get("torrents/tags")).body.toSorted(),
      fields: await changedFields(remote, ["tags"]),
      removed: await change(remote, "removeTags", { tags: "one" }),
      fieldsAfter: await changedFields(remote, ["tags"]),
      deleted: await remote.api.post("torrents/deleteTags", { tags: "one,two" }),
      last: await remote.api.get("torrents/tags"),
    }),
  },
  {
    name: "limits",
    text: "rate limits and share limits of a torrent",
    ask: async (remote) => {
      const { api, torrents } = remote;
      const { hash } = torrents.changed;
      const share = { ratioLimit: "1.5", seedingTimeLimit: "90" };
      const names = ["dl_limit", "up_limit", "ratio_limit", "seeding_time_limit"];
      return {
        setDown: await change(remote, "setDownloadLimit", { limit: "51200" }),
        setUp: await change(remote, "setUploadLimit", { limit: "40960" }),
        setShare: await change(remote, "setShareLimits", share),
        down: await api.post("torrents/downloadLimit", { hashes: hash }),
        up: await api.post("torrents/uploadLimit", { hashes: hash }),
        fields: await changedFields(remote, [...names, "max_ratio", "max_seeding_time"]),
        unsetDown: await change(remote, "setDownloadLimit", { limit: "0" }),
        unsetUp: await change(remote, "setUploadLimit", { limit: "0" }),
        unsetShare: await change(remote, "setShareLimits", {
          ratioLimit: "-2",
          seedingTimeLimit: "-2",
        }),
        fieldsAfter: await changedFields(remote, [...names, "max_ratio", "max_seeding_time"]),
        missing: await change(remote, "setShareLimits", { ratioLimit: "1" }),
      };
    },
  },
  {
    name: "file-priorities",
    text: "a file that is unwanted, and one with a high priority",
    ask: async (remote) => {
      const { api, torrents } = remote;
      const { hash } = torrents.changed;
      const set = async (id: string, priority: string): Promise<unknown> =>
        await api.post("torrents/filePrio", { hash, id, priority });
      return {
        unwanted: await set("1", "0"),
        high: await set("0", "6"),
        files: await api.get("torrents/files", { hash }),
        fields: await shownWhen(remote, "changed", unwantedSizes),
        wanted: await set("0|1", "1"),
        fieldsAfter: await shownWhen(remote, "changed", wantedSizes),
        wrongFile: await set("7", "1"),
        wrongPriority: await set("0", "5"),
      };
    },
  },
  {
    name: "toggles",
    text: "the order of pieces, and the forced start of a torrent that runs",
    ask: async (remote) => {
      const { api, torrents } = remote;
      const names = ["seq_dl", "f_l_piece_prio", "state"];
      const hashes = torrents.waiting.hash;
      const force = async (value: string, state: string): Promise<unknown> => {
        const answer = await api.post("torrents/setForceStart", { hashes, value });
        return {
          answer,
          force: await shownWhen(remote, "waiting", { force_start: value === "true", state }),
        };
      };
      return {
        sequential: await change(remote, "toggleSequentialDownload"),
        firstLast: await change(remote, "toggleFirstLastPiecePrio"),
        fields: await changedFields(remote, names),
        sequentialOff: await change(remote, "toggleSequentialDownload"),
        firstLastOff: await change(remote, "toggleFirstLastPiecePrio"),
        fieldsAfter: await changedFields(remote, names),
        forced: await force("true", "forcedDL"),
      };
    },
  },
  {
    name: "edit-trackers",
    text: "a tracker that is added, changed and removed",
    ask: async (remote) => {
      const { api, torrents } = remote;
      const { hash } = torrents.changed;
      const urls = async (): Promise<unknown> => {
        const { body } = await api.get("torrents/trackers", { hash });
        return body.map(({ url }: { readonly url: string }) => url);
      };
      const [origUrl, newUrl] = ["http://three.example/announce", "http://four.example/announce"];
      return {
        added: await api.post("torrents/addTrackers", { hash, urls: origUrl }),
        afterAdd: await urls(),
        edited: await api.post("torrents/editTracker", { hash, origUrl, newUrl }),
        afterEdit: await urls(),
        unknown: await api.post("torrents/editTracker", { hash, origUrl, newUrl }),
        removed: await api.post("torrents/removeTrackers", { hash, urls: newUrl }),
        last: await urls(),
      };
    },
  },
];

const actionScenarios: readonly Scenario<QbittorrentRemote>[] = [
  {
    name: "pause-resume",
    text: "a torrent that is paused and resumed",
    ask: async (remote) => {
      const { api, torrents } = remote;
      const steered = steeredBy(remote);
      const hashes = torrents.waiting.hash;
      const paused = await api.post("torrents/pause", { hashes });
      await reached(steered, { waiting: "stopped" });
      const resumed = await api.post("torrents/resume", { hashes });
      await reached(steered, { waiting: "downloading" });
      return { paused, resumed };
    },
  },
  {
    name: "rename",
    text: "a file that gets another name, and a path that is not there",
    ask: async ({ api, torrents }) => {
      const { hash } = torrents.moved;
      const rename = async (oldPath: string, newPath: string): Promise<unknown> =>
        await api.post("torrents/renameFile", { hash, oldPath, newPath });
      return {
        renamed: await rename("moved/a.bin", "moved/c.bin"),
        wrong: await rename("moved/nothing.bin", "moved/d.bin"),
        missing: await api.post("torrents/renameFile", { hash }),
      };
    },
  },
  {
    name: "add",
    text: "a new torrent, the same one again, a file that is no .torrent, and no torrent at all",
    ask: async (remote) => {
      const { api, torrents } = remote;
      const given = { paused: "true", category: "films", tags: "one,two", dlLimit: "30000" };
      const added = await api.upload(torrents.late.bytes, given);
      await reached(steeredBy(remote), { late: "stopped" });
      const { body } = await api.get("torrents/info", { hashes: torrents.late.hash });
      const { category, dl_limit, name, save_path, state, tags } = body[0];
      return {
        added,
        torrent: { category, dl_limit, name, save_path, state, tags },
        again: await api.upload(torrents.late.bytes, given),
        wrong: await api.upload(new Uint8Array(Buffer.from("no torrent"))),
        nothing: await api.post("torrents/add"),
      };
    },
  },
  {
    name: "maindata",
    text: "all data of a poller, then what has changed",
    ask: async (remote) => {
      const { api } = remote;
      const full = await api.get("sync/maindata");
      await change(remote, "addTags", { tags: "three" });
      const next = await api.get("sync/maindata", { rid: `${full.body.rid}` });
      const { rid, tags, torrents, trackers, ...others } = full.body;
      const { hash } = remote.torrents.changed;
      return {
        ...{ status: full.status, rid, others, tags: tags.toSorted() },
        hashes: Object.keys(torrents).toSorted(),
        torrent: torrents[hash],
        trackers: Object.keys(trackers).toSorted(),
        delta: { tags: next.body.tags, changed: next.body.torrents[hash].tags },
      };
    },
  },
  {
    name: "delete",
    text: "a torrent that is deleted with its files, and one that is not there",
    ask: async (remote) => {
      const { api, torrents } = remote;
      const given = { hashes: torrents.moved.hash, deleteFiles: "true" };
      const before = await api.get("sync/maindata");
      const deleted = await api.post("torrents/delete", given);
      const after = await api.get("sync/maindata", { rid: `${before.body.rid}` });
      return {
        deleted,
        again: await api.post("torrents/delete", given),
        missing: await api.post("torrents/delete", {}),
        gone: after.body.torrents_removed,
      };
    },
  },
];

/** The scenarios. */
export const qbittorrentChangeScenarios: readonly Scenario<QbittorrentRemote>[] = [
  ...settingScenarios,
  ...actionScenarios,
];
