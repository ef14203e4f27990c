// transmission-daemon and a service of ours, with the same torrents in the same states.

import { basicHeader, ownService, remotesScene, type RemotesScene } from "./remotes-scene.ts";
import { magnet, type ComparedTorrent, type ComparedTorrents } from "./compared-torrents.ts";
import { prepareStates, type Steered, type SteeredState } from "./prepare-states.ts";
import { TransmissionDaemon } from "./transmission-daemon.ts";
import { TransmissionRpc } from "./transmission-rpc.ts";

/** A program that answers the protocol. */
export interface TransmissionRemote {
  readonly rpc: TransmissionRpc;
  /** The folder of its data. Answers name it `DATA`. */
  readonly data: string;
  readonly torrents: ComparedTorrents;
  /** Whether its answers tell of scrapes of trackers. */
  readonly tellsScrapes: boolean;
}

const states: Readonly<Record<number, SteeredState>> = {
  0: "stopped",
  4: "downloading",
  6: "seeding",
};

/** Starts both programs; settles when their torrents have their states. */
export async function startTransmissionRemotes(): Promise<RemotesScene<TransmissionRemote>> {
  return await remotesScene(async ({ stack, theirFolder, ownFolder, torrents }) => {
    const [daemon, service] = await Promise.all([
      TransmissionDaemon.start(theirFolder),
      ownService(ownFolder),
    ]);
    stack.use(daemon);
    stack.use(service);
    const headers = basicHeader(service);
    const theirs = {
      ...{ rpc: daemon.rpc, data: `${theirFolder}/data`, torrents },
      tellsScrapes: true,
    };
    const ours = {
      rpc: new TransmissionRpc(service.port, headers),
      data: `${ownFolder}/data`,
      torrents,
      tellsScrapes: false,
    };
    await Promise.all([
      prepareStates(steeredBy(theirs), torrents),
      prepareStates(
        { ...steeredBy(ours), addLost: async (torrent) => await service.addSeedOnly(torrent) },
        torrents,
      ),
    ]);
    return { theirs, ours };
  });
}

/** Steers a program by the protocol. */
export function steeredBy({ rpc, data }: TransmissionRemote): Steered {
  const add = async ({ bytes }: ComparedTorrent, paused: boolean): Promise<void> => {
    await done(rpc, "torrent-add", { metainfo: Buffer.from(bytes).toString("base64"), paused });
  };
  return {
    data,
    add,
    addLost: async (torrent) => await add(torrent, false),
    addMagnet: async () => await done(rpc, "torrent-add", { filename: magnet }),
    stop: async (ids) => await done(rpc, "torrent-stop", { ids }),
    noticeLoss: async (hash) => await done(rpc, "torrent-start", { ids: [hash] }),
    states: async () => {
      const { body } = await rpc.call("torrent-get", { fields: ["name", "status", "error"] });
      const rows = body.arguments.torrents as readonly {
        readonly name: string;
        readonly status: number;
        readonly error: number;
      }[];
      return Object.fromEntries(
        rows.map(({ name, status, error }) => [
          name,
          error === 0 ? (states[status] ?? "other") : "error",
        ]),
      );
    },
  };
}

async function done(rpc: TransmissionRpc, method: string, given: object): Promise<void> {
  const { body } = await rpc.call(method, given);
  if (body.result !== "success") throw new Error(`${method} was answered with ${body.result}`);
}
