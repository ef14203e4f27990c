// Scenarios of qBittorrent's Web API that read: the program, its preferences, and torrents in each state.

import { magnetHash, type ComparedTorrents } from "./compared-torrents.ts";
import type { QbittorrentRemote } from "./qbittorrent-remotes.ts";
import type { Scenario } from "./scenario.ts";

const stateTexts = {
  blank: "a paused torrent without data",
  half: "a stopped torrent with half of its data",
  waiting: "a running torrent with half of its data and no peer",
  done: "a complete torrent that seeds",
  rested: "a complete torrent that is stopped",
  lost: "a torrent with an error: its data is gone",
  magnet: "a magnet link without metadata",
} as const;

type StateName = keyof typeof stateTexts;

function hashOf(torrents: ComparedTorrents, name: StateName): string {
  return name === "magnet" ? magnetHash : torrents[name].hash;
}

/** The answers about the torrents in each state, by their names. */
function ofEachState(path: string): Scenario<QbittorrentRemote>["ask"] {
  return async ({ api, torrents }) => {
    const answers: Record<string, unknown> = {};
    for (const name of Object.keys(stateTexts) as StateName[])
      answers[name] = await api.get(path, { hash: hashOf(torrents, name) });
    return answers;
  };
}

const infoScenarios = Object.entries(stateTexts).map(([name, text]) => ({
  name,
  text: `the fields in a list of ${text}`,
  ask: async ({ api, torrents }: QbittorrentRemote) => ({
    torrent: await api.get("torrents/info", { hashes: hashOf(torrents, name as StateName) }),
  }),
}));

const detailScenarios = Object.entries({
  properties: "the properties of the torrents in each state",
  trackers: "the trackers of the torrents in each state",
  files: "the files of the torrents in each state",
  webseeds: "the web seeds of the torrents in each state",
  pieceStates: "the states of pieces of the torrents in each state",
  pieceHashes: "the hashes of pieces of the torrents in each state",
}).map(([name, text]) => ({ name, text, ask: ofEachState(`torrents/${name}`) }));

/** The names of the torrents of a list, in the order of the alphabet. */
function namesIn(rows: readonly { readonly name: string }[]): readonly string[] {
  return rows.map(({ name }) => name).toSorted();
}

const filters = [
  ...["all", "downloading", "seeding", "completed", "paused", "active", "inactive"],
  ...["resumed", "stalled", "stalled_uploading", "stalled_downloading", "errored", "checking"],
];

/** The scenarios. They change nothing but limits, which they set back. */
export const qbittorrentStateScenarios: readonly Scenario<QbittorrentRemote>[] = [
  {
    name: "login",
    text: "a caller without a login, the right password, a logout, and a wrong password",
    ask: async ({ stranger, user, password }) => ({
      stranger: await stranger.get("app/version"),
      right: await stranger.login(user, password),
      inside: await stranger.get("app/version"),
      logout: await stranger.post("auth/logout"),
      outside: await stranger.get("app/version"),
      wrong: await stranger.login(user, "wrong"),
    }),
  },
  {
    name: "versions",
    text: "the versions and the data folder",
    ask: async ({ api }) => ({
      version: await api.get("app/version"),
      apiVersion: await api.get("app/webapiVersion"),
      build: await api.get("app/buildInfo"),
      folder: await api.get("app/defaultSavePath"),
    }),
  },
  {
    name: "preferences",
    text: "the preferences",
    ask: async ({ api }) => ({ ...(await api.get("app/preferences")) }),
  },
  ...infoScenarios,
  ...detailScenarios,
  {
    name: "lists",
    text: "lists that are filtered, sorted and cut",
    ask: async ({ api }) => {
      const found: Record<string, unknown> = {};
      for (const filter of filters)
        found[filter] = namesIn((await api.get("torrents/info", { filter })).body);
      const sorted = await api.get("torrents/info", { sort: "name", limit: "3", offset: "1" });
      const reversed = await api.get("torrents/info", { sort: "name", reverse: "true" });
      const inOrder = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);
      return { ...found, sorted: inOrder(sorted.body), reversed: inOrder(reversed.body) };
    },
  },
  {
    name: "transfer",
    text: "rates and limits of all torrents",
    ask: async ({ api }) => ({
      info: await api.get("transfer/info"),
      mode: await api.get("transfer/speedLimitsMode"),
      setDown: await api.post("transfer/setDownloadLimit", { limit: "40960" }),
      setUp: await api.post("transfer/setUploadLimit", { limit: "20480" }),
      down: (await api.get("transfer/downloadLimit")).body,
      up: (await api.get("transfer/uploadLimit")).body,
      after: await api.get("transfer/info"),
      unsetDown: await api.post("transfer/setDownloadLimit", { limit: "0" }),
      unsetUp: await api.post("transfer/setUploadLimit", { limit: "0" }),
      last: (await api.get("transfer/downloadLimit")).body,
    }),
  },
  {
    name: "unknown",
    text: "unknown routes and torrents, and parameters that are missing",
    ask: async ({ api }) => ({
      route: await api.get("torrents/nothing"),
      scope: await api.get("nothing/at/all"),
      hash: await api.get("torrents/properties", { hash: "cd".repeat(20) }),
      noHash: await api.get("torrents/files"),
      list: await api.get("torrents/info", { hashes: "cd".repeat(20) }),
      action: await api.post("torrents/pause", { hashes: "cd".repeat(20) }),
      noParameter: await api.post("torrents/pause"),
    }),
  },
];
