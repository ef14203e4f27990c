// A service beside an engine that seeds a small torrent, and the tracker that names the seed.

import { readFileSync } from "node:fs";
import type { ServiceOptions } from "@troupe/service";
import { startCountingTracker } from "../clients/counting-tracker.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { writePayload, type Payload } from "../files/payload.ts";
import { writeTorrentFile, type TorrentFile } from "../files/torrent-file.ts";
import { Relay } from "../swarm/relay.ts";
import { startEngine } from "../swarm/start-engine.ts";
import { Served } from "./served.ts";

const shape = {
  name: "payload",
  pieceLengthBytes: 16 * 1024,
  files: [
    { path: ["a.bin"], lengthBytes: 40_000 },
    { path: ["b.bin"], lengthBytes: 20_000 },
  ],
};

/** The parts of a small swarm. */
interface SwarmParts {
  readonly served: Served;
  readonly payload: Payload;
  readonly torrent: TorrentFile;
  /** Where the seed listens. */
  readonly port: number;
  /** Leads to the seed; open. */
  readonly door: Relay;
}

/** A service that downloads 60 kB from one seed as soon as the torrent is added. */
export class SmallSwarm implements AsyncDisposable {
  readonly served: Served;
  readonly payload: Payload;
  readonly torrent: TorrentFile;
  readonly port: number;
  readonly door: Relay;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: SwarmParts, stack: AsyncDisposableStack) {
    this.served = parts.served;
    this.payload = parts.payload;
    this.torrent = parts.torrent;
    this.port = parts.port;
    this.door = parts.door;
    this.#stack = stack;
  }

  static async open(options: Partial<ServiceOptions> = {}): Promise<SmallSwarm> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(temporaryFolder("small-swarm")).path;
    const payload = writePayload({ ...shape, folder });
    const seeder = stack.use(await startEngine({ host: "inline", port: 0, bind: ["127.0.0.1"] }));
    const { port } = seeder;
    const door = stack.use(
      await Relay.open({ target: { host: "127.0.0.1", port }, gated: "target" }),
    );
    door.allow(Infinity);
    const tracker = stack.use(await startCountingTracker([{ host: door.host, port: door.port }]));
    const torrent = writeTorrentFile(payload, [tracker.url]);
    const seed = await seeder.add(torrent.path, { directory: folder, useTrackers: false });
    await seed.completed;
    const served = stack.use(
      await Served.open({ engine: { localHosts: ["127.0.0.1"] }, ...options }),
    );
    return new SmallSwarm({ served, payload, torrent, port, door }, stack.move());
  }

  /** The .torrent. */
  get metainfo(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(readFileSync(this.torrent.path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
