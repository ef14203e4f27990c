// The requests of remotes, by the program that they are for.

import type { Polled } from "./polled.ts";

/** The remote that asks so. */
export type RequestKind = "flood" | "maindata" | "maindata-rid" | "remote" | "sonarr" | "sonarr-qb";

/** A request of a remote. */
interface Request {
  readonly kind: RequestKind;
  readonly ask: () => Promise<unknown>;
}

const remoteFields = [
  ...["error", "errorString", "eta", "id", "isFinished", "leftUntilDone", "name"],
  ...["peersGettingFromUs", "peersSendingToUs", "rateDownload", "rateUpload"],
  ...["sizeWhenDone", "status", "uploadRatio"],
];
const sonarrFields = [
  ...["id", "hashString", "name", "downloadDir", "totalSize", "leftUntilDone", "isFinished"],
  ...["eta", "status", "secondsDownloading", "secondsSeeding", "errorString", "uploadedEver"],
  ...["downloadedEver", "seedRatioLimit", "seedRatioMode", "seedIdleLimit", "seedIdleMode"],
  ...["fileCount", "file-count", "labels"],
];
const floodFields = [
  ...["hashString", "downloadDir", "name", "haveValid", "addedDate", "dateCreated", "doneDate"],
  ...["rateDownload", "downloadedEver", "rateUpload", "uploadedEver", "eta", "isPrivate"],
  ...["error", "errorString", "peersGettingFromUs", "peersSendingToUs", "status", "totalSize"],
  ...["trackers", "labels", "bandwidthPriority", "sizeWhenDone", "percentDone"],
];

/** The requests that a poller makes in turn. Poller 0 asks first as a remote, poller 1 as Sonarr, and so on. */
export function requestsOf(program: Polled, poller: number): readonly Request[] {
  let rid = 0;
  const ofTransmission: Request[] = [
    { kind: "remote", ask: () => program.rpc("torrent-get", { fields: remoteFields }) },
    { kind: "sonarr", ask: () => program.rpc("torrent-get", { fields: sonarrFields }) },
    { kind: "flood", ask: () => program.rpc("torrent-get", { fields: floodFields }) },
  ];
  const ofQbittorrent: Request[] = [
    { kind: "sonarr-qb", ask: () => program.get("torrents/info") },
    { kind: "maindata", ask: () => program.get("sync/maindata?rid=0") },
    {
      kind: "maindata-rid",
      ask: async () => {
        const text = await program.get(`sync/maindata?rid=${rid}`);
        ({ rid } = JSON.parse(text) as { readonly rid: number });
      },
    },
  ];
  const requests = [
    ...(program.speaks.includes("transmission") ? ofTransmission : []),
    ...(program.speaks.includes("qbittorrent") ? ofQbittorrent : []),
  ];
  return requests.map((_, at) => requests[(at + poller) % requests.length] as Request);
}
