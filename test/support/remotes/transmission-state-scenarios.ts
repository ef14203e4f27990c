// Scenarios of Transmission's protocol that read: a session, its figures, and torrents in each state.

import { until } from "../time/until.ts";
import { magnetHash, type TorrentName } from "./compared-torrents.ts";
import type { Scenario } from "./scenario.ts";
import type { TransmissionRemote } from "./transmission-remotes.ts";

/** The fields of torrents that transmission-daemon 3.00 has. */
export const torrentFields = [
  ...["activityDate", "addedDate", "bandwidthPriority", "comment", "corruptEver", "creator"],
  ...["dateCreated", "desiredAvailable", "doneDate", "downloadDir", "downloadedEver"],
  ...["downloadLimit", "downloadLimited", "editDate", "error", "errorString", "eta", "etaIdle"],
  ...["files", "fileStats", "hashString", "haveUnchecked", "haveValid", "honorsSessionLimits"],
  ...["id", "isFinished", "isPrivate", "isStalled", "labels", "leftUntilDone", "magnetLink"],
  ...["manualAnnounceTime", "maxConnectedPeers", "metadataPercentComplete", "name", "peer-limit"],
  ...["peers", "peersConnected", "peersFrom", "peersGettingFromUs", "peersSendingToUs"],
  ...["percentDone", "pieces", "pieceCount", "pieceSize", "priorities", "queuePosition"],
  ...["rateDownload", "rateUpload", "recheckProgress", "secondsDownloading", "secondsSeeding"],
  ...["seedIdleLimit", "seedIdleMode", "seedRatioLimit", "seedRatioMode", "sizeWhenDone"],
  ...["startDate", "status", "trackers", "trackerStats", "totalSize", "torrentFile"],
  ...["uploadedEver", "uploadLimit", "uploadLimited", "uploadRatio", "wanted", "webseeds"],
  "webseedsSendingToUs",
];

/** The answer to one call. */
export async function answerOf(
  { rpc }: TransmissionRemote,
  method: string,
  given?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await rpc.call(method, given);
  return { status, ...body };
}

/** Fields of one torrent. */
export async function torrentOf(
  remote: TransmissionRemote,
  hash: string,
  fields: readonly string[],
): Promise<unknown> {
  const { body } = await remote.rpc.call("torrent-get", { ids: [hash], fields });
  return body.arguments.torrents;
}

/** Settles when the tracker of a torrent was scraped. */
async function scraped(remote: TransmissionRemote, hash: string): Promise<void> {
  await until("the tracker was scraped", async () => {
    const [torrent] = (await torrentOf(remote, hash, ["trackerStats"])) as readonly {
      readonly trackerStats: readonly { readonly lastScrapeTime: number }[];
    }[];
    return (torrent?.trackerStats[0]?.lastScrapeTime ?? 0) > 0;
  });
}

const stateTexts = {
  blank: "all fields of a paused torrent without data",
  half: "all fields of a stopped torrent with half of its data",
  waiting: "all fields of a running torrent with half of its data and no peer",
  done: "all fields of a complete torrent that seeds",
  rested: "all fields of a complete torrent that is stopped",
  lost: "all fields of a torrent with an error: its data is gone",
} as const satisfies Partial<Record<TorrentName, string>>;

const stateScenarios = Object.entries(stateTexts).map(([name, text]) => ({
  name,
  text,
  ask: async (remote: TransmissionRemote) => {
    const { hash } = remote.torrents[name as keyof typeof stateTexts];
    if (name === "done" && remote.tellsScrapes) await scraped(remote, hash);
    return { torrents: await torrentOf(remote, hash, torrentFields) };
  },
}));

/** The scenarios. They change nothing. */
export const transmissionStateScenarios: readonly Scenario<TransmissionRemote>[] = [
  {
    name: "session",
    text: "the settings of the session",
    ask: async (remote) => await answerOf(remote, "session-get"),
  },
  {
    name: "statistics",
    text: "the statistics of the session",
    ask: async (remote) => await answerOf(remote, "session-stats"),
  },
  ...stateScenarios,
  {
    name: "magnet",
    text: "all fields of a magnet link without metadata",
    ask: async (remote) => ({ torrents: await torrentOf(remote, magnetHash, torrentFields) }),
  },
  {
    name: "table",
    text: "a list in the format table",
    ask: async (remote) =>
      await answerOf(remote, "torrent-get", {
        ids: [1, 2, 3, 5, 99],
        fields: ["id", "name", "status", "leftUntilDone", "percentDone"],
        format: "table",
      }),
  },
  {
    name: "unknown",
    text: "unknown methods, torrents and fields, and requests that are none",
    ask: async (remote) => ({
      method: await answerOf(remote, "torrent-sing"),
      torrent: await answerOf(remote, "torrent-get", { ids: [999], fields: ["id"] }),
      hash: await answerOf(remote, "torrent-get", { ids: ["cd".repeat(20)], fields: ["id"] }),
      someFields: await answerOf(remote, "torrent-get", { ids: [1], fields: ["id", "color"] }),
      noFields: await answerOf(remote, "torrent-get", { ids: [1] }),
      action: await answerOf(remote, "torrent-stop", { ids: [999] }),
      tag: await remote.rpc.send('{"method":"torrent-get","arguments":{"fields":["id"]},"tag":7}'),
      noMethod: await remote.rpc.send("{}"),
      noJson: await remote.rpc.send("{"),
    }),
  },
  {
    name: "free-space",
    text: "the free space of the data folder, and a path that is not absolute",
    ask: async (remote) => ({
      data: await answerOf(remote, "free-space", { path: remote.data }),
      relative: await answerOf(remote, "free-space", { path: "data" }),
    }),
  },
];
