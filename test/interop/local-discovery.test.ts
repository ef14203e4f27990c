// Peers find each other on the local network, without a tracker. A client that has started hears the client that starts
// after it: the first one finds the second.

import test, { type ExecutionContext } from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe, type TroupeOptions } from "../support/clients/troupe.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/files/temporary-folder.ts";
import { writeTorrentFile, type TorrentFile } from "../support/files/torrent-file.ts";
import { Network, type NetworkClient } from "../support/network.ts";

/** Transmission drops the announces that come in its first 5 s. */
const transmissionDeafSeconds = 6;
const shape = { name: "payload", pieceLengthBytes: 16_384, files: 1 << 20 };

/** A payload, its .torrent without a tracker, and two machines. */
class Neighbours implements AsyncDisposable {
  readonly payload: Payload;
  readonly torrent: TorrentFile;
  readonly ours: NetworkClient;
  readonly theirs: NetworkClient;
  readonly #network: Network;
  readonly #folders: readonly TemporaryFolder[];

  private constructor(network: Network, isPrivate: boolean) {
    const [ours, theirs] = network.clients;
    if (ours === undefined || theirs === undefined) throw new Error("bug: two machines");
    const folders = [temporaryFolder("local-source"), temporaryFolder("local-target")] as const;
    this.payload = writePayload({ folder: folders[0].path, ...shape });
    this.torrent = writeTorrentFile(this.payload, [], isPrivate);
    this.ours = ours;
    this.theirs = theirs;
    this.#network = network;
    this.#folders = folders;
  }

  static async meet(isPrivate = false): Promise<Neighbours> {
    return new Neighbours(await Network.of(2), isPrivate);
  }

  /** The folder with the payload. */
  get source(): string {
    return this.payload.folder;
  }

  /** The folder for the copy. */
  get target(): string {
    return this.#folders[1]?.path ?? "";
  }

  /** Options of our command. */
  us(folder: string): TroupeOptions {
    const { ours, torrent } = this;
    return { torrent: torrent.path, folder, within: ours.within, usesLocalDiscovery: true };
  }

  /** Options of another client. */
  them(folder: string) {
    const { theirs, torrent } = this;
    const { ip4: host, within } = theirs;
    return { torrent: torrent.path, folder, host, within, localDiscovery: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#network[Symbol.asyncDispose]();
    for (const folder of this.#folders) folder.remove();
  }
}

/** Our download, which has announced itself before another client starts. */
async function waitingDownload(met: Neighbours): Promise<Troupe> {
  const download = await Troupe.download(met.us(met.target));
  await download.event("progress");
  return download;
}

async function arrives(t: ExecutionContext, met: Neighbours, download: Troupe): Promise<void> {
  await download.finished();
  await assertSameFiles(t, met.payload, met.target);
}

/** Our seeder, which hears no announces: the others have to find it. */
async function deafSeeder(met: Neighbours): Promise<Troupe> {
  await met.ours.drop("udp dport 6771");
  return await Troupe.seed(met.us(met.source));
}

test.serial("we find libtorrent", async (t) => {
  await using met = await Neighbours.meet();
  await using download = await waitingDownload(met);
  await using _seeder = await Libtorrent.seed(met.them(met.source));
  await arrives(t, met, download);
});

test.serial("libtorrent finds us", async (t) => {
  await using met = await Neighbours.meet();
  await using leech = await Libtorrent.leech(met.them(met.target));
  await leech.port();
  await met.ours.holdPayload();
  await using _seeder = await deafSeeder(met);
  await leech.figuresWhen("a local peer", ({ local }) => local.length === 1);
  await met.ours.letPayload();
  await leech.finished();
  await assertSameFiles(t, met.payload, met.target);
});

test.serial("we find Transmission", async (t) => {
  await using met = await Neighbours.meet();
  await using download = await waitingDownload(met);
  await using _seeder = await Transmission.seed(met.them(met.source));
  await arrives(t, met, download);
});

test.serial("Transmission finds us", async (t) => {
  await using met = await Neighbours.meet();
  await using leech = await Transmission.leech(met.them(met.target));
  await leech.hasRun(transmissionDeafSeconds);
  await met.ours.holdPayload();
  await using _seeder = await deafSeeder(met);
  await leech.findsLocalPeer();
  await met.ours.letPayload();
  await leech.finished();
  await assertSameFiles(t, met.payload, met.target);
});

test.serial("we find aria2", async (t) => {
  await using met = await Neighbours.meet();
  await using download = await waitingDownload(met);
  await using _seeder = await Aria2.seed(met.them(met.source));
  await arrives(t, met, download);
});

test.serial("aria2 finds us", async (t) => {
  await using met = await Neighbours.meet();
  await using leech = await Aria2.leech(met.them(met.target));
  t.is((await leech.figures()).downloaded, 0);
  await using _seeder = await deafSeeder(met);
  await leech.finished();
  await assertSameFiles(t, met.payload, met.target);
});

/** Datagrams to the groups of local discovery that leave our machine while a torrent runs for some seconds. */
async function datagramsOf(isPrivate: boolean): Promise<readonly number[]> {
  await using met = await Neighbours.meet(isPrivate);
  const sent = await met.ours.countSent(["ip daddr 239.192.152.143", "ip6 daddr ff15::efc0:988f"]);
  await using seeder = await Troupe.seed(met.us(met.source));
  const firstMs = Number((await seeder.event("progress"))["time"]);
  await seeder.event("progress", ({ time }) => Number(time) >= firstMs + 3_000);
  return await sent();
}

test.serial("a private torrent sends no datagram to the groups of local discovery", async (t) => {
  t.deepEqual(await datagramsOf(true), [0, 0]);
});

test.serial("the same torrent without the private flag sends one over each family", async (t) => {
  t.deepEqual(await datagramsOf(false), [1, 1]);
});
