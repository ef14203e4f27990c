// A service whose torrent has files of many kinds, peers that give them, and requests for their bytes.

import { request, type IncomingHttpHeaders } from "node:http";
import type { AddOptions, Torrent } from "@troupe/coordinator";
import { torrentBytes } from "../files/torrent-file.ts";
import { Swarm } from "../swarm/swarm.ts";
import { Served } from "./served.ts";

/** The files, in the order of the torrent. */
export const streamedFiles = [
  { path: ["film.mkv"], lengthBytes: 3_000_001 },
  { path: ["page.html"], lengthBytes: 5_000 },
  { path: ["picture.svg"], lengthBytes: 3_000 },
  { path: ["paper.pdf"], lengthBytes: 4_000 },
  { path: ["song.mp3"], lengthBytes: 300_000 },
  { path: ["film.srt"], lengthBytes: 2_000 },
] as const;

/** A response with its bytes. `isCut`: the connection ended before the response did. */
export interface StreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

type Headers = Readonly<Record<string, string>>;

/** The parts that a test uses. */
export class StreamedSwarm implements AsyncDisposable {
  readonly swarm: Swarm;
  readonly served: Served;
  readonly torrent: Torrent;
  readonly reader: Headers;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<StreamedSwarm, "reader" | "served" | "swarm" | "torrent">,
    stack: AsyncDisposableStack,
  ) {
    this.swarm = parts.swarm;
    this.served = parts.served;
    this.torrent = parts.torrent;
    this.reader = parts.reader;
    this.#stack = stack;
  }

  /** @param add Options of the torrent. @param options Options of the service. */
  static async open(
    add: AddOptions = {},
    options: Parameters<typeof Served.open>[0] = {},
  ): Promise<StreamedSwarm> {
    await using stack = new AsyncDisposableStack();
    const swarm = stack.use(
      await Swarm.open({ pieceLengthBytes: 64 * 1_024, files: streamedFiles }),
    );
    const served = stack.use(await Served.open(options));
    const torrent = await served.coordinator.add(torrentBytes(swarm.payload, []), add);
    await served.lists(torrent.infoHash);
    const reader = await served.token("read");
    return new StreamedSwarm({ swarm, served, torrent, reader }, stack.move());
  }

  /** The whole torrent is there. */
  static async whole(options: Parameters<typeof Served.open>[0] = {}): Promise<StreamedSwarm> {
    const scene = await StreamedSwarm.open({}, options);
    scene.torrent.addPeer(await scene.swarm.pacedSeeder());
    await scene.torrent.completed;
    return scene;
  }

  /** The path of a file. */
  path(file: number | string): string {
    return `/stream/${this.torrent.infoHash}/${file}`;
  }

  /** The bytes of a file, as they should be. */
  content(file: number): Buffer {
    const start = streamedFiles.slice(0, file).reduce((sum, each) => sum + each.lengthBytes, 0);
    const { content } = this.swarm;
    return Buffer.from(content.subarray(start, start + (streamedFiles[file]?.lengthBytes ?? 0)));
  }

  /** Gets a path with the credential of a reader. */
  async get(path: string, headers: Headers = {}, method = "GET"): Promise<StreamAnswer> {
    return await this.ask(path, { ...this.reader, ...headers }, method);
  }

  /** Gets a path without a credential. @param from The address of the caller, one of this machine. */
  async ask(
    path: string,
    headers: Headers = {},
    method = "GET",
    from = "127.0.0.1",
  ): Promise<StreamAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<StreamAnswer>();
    const { port } = this.served;
    const asked = {
      ...{ host: "127.0.0.1", port, path, method, headers, agent: false },
      localAddress: from,
    } as const;
    const sent = request(asked, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", () => undefined);
      response.on("close", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes: Buffer.concat(parts),
          isCut: !response.complete,
        }),
      );
    });
    sent.on("error", reject);
    sent.end();
    return await promise;
  }

  /** The path and the query of a signed link. */
  async link(file?: number, torrent: string = this.torrent.infoHash): Promise<string> {
    const query = file === undefined ? "" : `?file=${file}`;
    const headers = this.reader;
    const path = `/api/v1/torrents/${torrent}/stream-link${query}`;
    const { body } = await this.served.ask(path, { headers });
    return String(body.result.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
