// qbittorrent-nox and a service of ours, with the same torrents in the same states.

import { magnet, type ComparedTorrent, type ComparedTorrents } from "./compared-torrents.ts";
import { prepareStates, type Steered, type SteeredState } from "./prepare-states.ts";
import { firstLogin, QbittorrentDaemon } from "./qbittorrent-daemon.ts";
import { ownService, remotesScene, type RemotesScene } from "./remotes-scene.ts";
import { WebApi } from "./web-api.ts";
import { until } from "../time/until.ts";

/** A program that answers the API. */
export interface QbittorrentRemote {
  readonly api: WebApi;
  /** A caller without a login. */
  readonly stranger: WebApi;
  readonly user: string;
  readonly password: string;
  /** The folder of its data. Answers name it `DATA`. */
  readonly data: string;
  readonly torrents: ComparedTorrents;
}

const states: Readonly<Record<string, SteeredState>> = {
  ...{ pausedDL: "stopped", pausedUP: "stopped" },
  ...{ stalledDL: "downloading", metaDL: "downloading", stalledUP: "seeding" },
  ...{ error: "error", missingFiles: "error" },
};

const ownPreferences = {
  ...{ max_active_checking_torrents: 8, max_active_downloads: -1, max_active_torrents: -1 },
  ...{ max_active_uploads: -1, max_connec: 500, max_connec_per_torrent: 200 },
  ...{ limit_lan_peers: false, limit_tcp_overhead: true },
};

/** Starts both programs; settles when their torrents have their states. */
export async function startQbittorrentRemotes(): Promise<RemotesScene<QbittorrentRemote>> {
  return await remotesScene(async ({ stack, theirFolder, ownFolder, torrents }) => {
    const [daemon, service] = await Promise.all([
      QbittorrentDaemon.start(theirFolder),
      ownService(ownFolder),
    ]);
    stack.use(daemon);
    stack.use(service);
    const theirs = {
      ...{ api: daemon.api, stranger: new WebApi(daemon.port), ...firstLogin, torrents },
      data: `${theirFolder}/data`,
    };
    const { password, port } = service;
    const ours = {
      ...{ api: new WebApi(port), stranger: new WebApi(port), user: "troupe", password, torrents },
      data: `${ownFolder}/data`,
    };
    await ours.api.login(ours.user, password);
    // Limits as ours are, where the program has others by itself.
    await theirs.api.post("app/setPreferences", { json: JSON.stringify(ownPreferences) });
    await Promise.all([
      // qBittorrent looks for the files of a stopped torrent when it starts.
      prepareStates(
        { ...steeredBy(theirs), noticeLoss: async () => await daemon.restart() },
        torrents,
      ),
      prepareStates(
        {
          ...steeredBy(ours),
          addLost: async (torrent) => await service.addSeedOnly(torrent),
        },
        torrents,
      ),
    ]);
    // Until its announce is answered, a row of qBittorrent has no tracker.
    await until("qBittorrent's seeding torrent has a tracker", async () => {
      const { body } = await theirs.api.get("torrents/info", { hashes: torrents.done.hash });
      return (body as readonly { readonly tracker: string }[])[0]?.tracker !== "";
    });
    return { theirs, ours };
  });
}

/** Steers a program by the API. */
export function steeredBy({ api, data }: Pick<QbittorrentRemote, "api" | "data">): Steered {
  const add = async ({ bytes }: ComparedTorrent, isPaused: boolean): Promise<void> => {
    const { body } = await api.upload(bytes, { paused: `${isPaused}` });
    if (body !== "Ok.") throw new Error(`torrents/add was answered with ${body}`);
  };
  return {
    data,
    add,
    addLost: async (torrent) => await add(torrent, false),
    addMagnet: async () => {
      await api.post("torrents/add", { urls: magnet });
    },
    stop: async (hashes) => {
      await api.post("torrents/pause", { hashes: hashes.join("|") });
    },
    noticeLoss: async (hash) => {
      await api.post("torrents/resume", { hashes: hash });
    },
    states: async () => {
      const { body } = await api.get("torrents/info");
      const rows = body as readonly { readonly name: string; readonly state: string }[];
      return Object.fromEntries(rows.map(({ name, state }) => [name, states[state] ?? "other"]));
    },
  };
}
