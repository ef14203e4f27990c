// A web server for the files of a folder, with a record of what was requested.

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A request that was answered. */
export interface ServedRequest {
  /** Decoded path of the URL, without the slash at its start. */
  readonly path: string;
  readonly status: number;
  /** Bytes of the body. */
  readonly bytes: number;
}

/** Changes of the usual behaviour. */
export interface FileServerRules {
  /** Answered instead of a file; undefined: as usual. */
  readonly statusOf?: (path: string, served: number) => number | undefined;
  /** Settles before a request is answered. */
  readonly wait?: () => Promise<void>;
  /** Sent instead of the bytes of a file. */
  readonly change?: (bytes: Buffer) => Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** False: each answer has the whole file. Default true. */
  readonly hasRanges?: boolean;
  /** A body stops after so many bytes until the promise settles. */
  readonly holds?: { readonly afterBytes: number; readonly until: Promise<unknown> };
}

/** A server that knows ranges, unless its rules say otherwise. */
export class FileServer implements AsyncDisposable {
  readonly requests: ServedRequest[] = [];
  readonly #server: Server;
  readonly #folder: string;
  readonly #rules: FileServerRules;

  private constructor(folder: string, rules: FileServerRules) {
    this.#folder = folder;
    this.#rules = rules;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Serves the files below `folder`. @param place By default a free port of loopback. */
  static async start(
    folder: string,
    rules: FileServerRules = {},
    place = { host: "127.0.0.1", port: 0 },
  ): Promise<FileServer> {
    const server = new FileServer(folder, rules);
    await new Promise<void>((resolve) => server.#server.listen(place.port, place.host, resolve));
    return server;
  }

  /** URL of the folder on loopback, with a `/` at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Bytes of the bodies sent. */
  get bytes(): number {
    return this.requests.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer({ url = "/", headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#rules.wait !== undefined) await this.#rules.wait();
    const path = decodeURIComponent(url).slice(1);
    const status = this.#rules.statusOf?.(path, this.requests.length);
    if (status !== undefined) return this.#end(response, path, status, {}, Buffer.alloc(0));
    let file: Buffer;
    try {
      file = readFileSync(join(this.#folder, path));
    } catch {
      return this.#end(response, path, 404, {}, Buffer.alloc(0));
    }
    // A request without a range is answered with the whole file, as by other servers.
    if (this.#rules.hasRanges === false || headers.range === undefined)
      return this.#end(response, path, 200, {}, this.#rules.change?.(file) ?? file);
    const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
    const end = last === "" ? file.length : Number(last) + 1;
    const body = file.subarray(Number(first), end);
    const range = `bytes ${first}-${end - 1}/${file.length}`;
    this.#end(response, path, 206, { "content-range": range }, this.#rules.change?.(body) ?? body);
  }

  #end(
    response: ServerResponse,
    path: string,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): void {
    this.requests.push({ path, status, bytes: body.length });
    response.writeHead(status, {
      ...headers,
      ...this.#rules.headers,
      "content-length": body.length,
    });
    const { afterBytes = Infinity, until } = this.#rules.holds ?? {};
    if (body.length <= afterBytes) {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, afterBytes));
    void until?.then(() => response.end(body.subarray(afterBytes)));
  }
}
