// A server of feeds and torrents, and feeds as a service shows them.

import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { found } from "../time/until.ts";
import { buildTorrent } from "./named-torrent.ts";
import type { Asked, Served } from "./served.ts";

/** A request that came. */
export interface FeedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** The answer at a path: a document, or a function that writes a response. */
export type FeedAnswer =
  | string
  | Buffer
  | ((response: ServerResponse, request: FeedRequest) => void);

/** Serves documents on loopback. `/torrents/NAME` is a torrent of that name. */
export class FeedServer implements AsyncDisposable {
  readonly asked: FeedRequest[] = [];
  readonly documents = new Map<string, FeedAnswer>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      const path = request.url ?? "/";
      const seen = { path, headers: request.headers };
      this.asked.push(seen);
      const answer = this.documents.get(path);
      if (typeof answer === "function") return answer(response, seen);
      const name = /^\/torrents\/([^?]*)/.exec(path)?.[1];
      const torrent = name === undefined ? undefined : buildTorrent(decodeURIComponent(name));
      if (answer === undefined && torrent === undefined) response.statusCode = 404;
      return response.end(answer ?? torrent);
    });
  }

  static async listen(host = "127.0.0.1"): Promise<FeedServer> {
    const server = createServer();
    await new Promise<void>((done) => void server.listen(0, host, done));
    return new FeedServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Paths that were asked for, in their order. */
  get paths(): string[] {
    return this.asked.map(({ path }) => path);
  }

  /** An RSS feed of torrents with these titles. */
  rss(...titles: readonly string[]): string {
    const items = titles.map(
      (title) =>
        `<item><title>${title}</title><guid>${title}</guid><link>${this.origin}/torrents/${encodeURIComponent(title)}</link></item>`,
    );
    return `<rss version="2.0"><channel><title>x</title>${items.join("")}</channel></rss>`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** A feed as the list of feeds has it. */
export interface ShownFeed {
  readonly name: string;
  readonly url: string;
  readonly state: string;
  readonly taken: number;
  readonly items: number;
  readonly failures: number;
  readonly nextMs?: number;
  readonly lookedMs?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

const own: Asked = { isLocal: true };

/** Looks at a feed, and waits for the end of the look. */
export async function lookAt(served: Pick<Served, "ask">, name: string): Promise<ShownFeed> {
  const asked = await served.ask(`/api/v1/feeds/${name}/look`, { ...own, method: "POST" });
  if (asked.status !== 200) throw new Error(asked.text);
  return await lookOver(served, name);
}

/** Waits until a feed is not looked at. */
export async function lookOver(served: Pick<Served, "ask">, name: string): Promise<ShownFeed> {
  return await found(`the look at the feed ${name} is over`, async () => {
    const { body } = await served.ask("/api/v1/feeds", own);
    const feed = (body.result as ShownFeed[]).find((each) => each.name === name);
    return feed?.state === "waiting" && feed.lookedMs !== undefined ? feed : undefined;
  });
}

/** Names of the torrents of a service. */
export async function torrentNames(served: Pick<Served, "ask">): Promise<string[]> {
  const { body } = await served.ask("/api/v1/torrents", own);
  return (body.torrents as { name: string }[]).map(({ name }) => name).toSorted();
}
