// An HTTP tracker of a simulated machine: its answers are bytes that the test gives.

import type { Address, Ports, Stream } from "@troupe/actor-runtime";
import {
  decodeAnnounceQuery,
  encodeAnnounceReply,
  type AnnounceQuery,
} from "@troupe/protocol/tracker";

/** A request that came. */
export interface SeenRequest {
  readonly host: string;
  readonly path: string;
  readonly query: AnnounceQuery | undefined;
  /** Number of its connection, counted from 0. */
  readonly connection: number;
  /** All header lines. */
  readonly head: string;
}

/** How a connection is answered. */
export interface HttpBehaviour {
  /** @returns The whole response. Undefined: none. */
  readonly answer: (request: SeenRequest) => string | Uint8Array | undefined;
  /** The connection ends after each response. */
  readonly closes: boolean;
}

/** @returns A response with a body. */
export function response(body: Uint8Array | string, extra = ""): Uint8Array {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n${extra}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}

/** @returns A reply without peers. */
export function emptyReply(): Uint8Array {
  return response(encodeAnnounceReply({ intervalSeconds: 1_800, peers: [], compact: true }));
}

/** Listens, and keeps what it is asked. */
export class ScriptedHttpTracker {
  readonly requests: SeenRequest[] = [];
  connections = 0;
  readonly #streams: Stream[] = [];
  behaviour: HttpBehaviour = { answer: () => emptyReply(), closes: false };

  static async open(ports: Ports, at: Address): Promise<ScriptedHttpTracker> {
    const tracker = new ScriptedHttpTracker();
    await ports.sockets.listen(at, (stream) => tracker.#accept(stream));
    return tracker;
  }

  /** Ends a connection without an answer. */
  drop(connection: number): void {
    this.#streams[connection]?.end();
  }

  #accept(stream: Stream) {
    const connection = this.connections++;
    this.#streams[connection] = stream;
    let text = "";
    return {
      bytes: (_: Stream, chunk: Uint8Array) => {
        text += Buffer.from(chunk).toString("latin1");
        const end = text.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        this.#answer(stream, head, connection);
      },
      closed: () => {},
    };
  }

  #answer(stream: Stream, head: string, connection: number): void {
    const [, url = ""] = head.split(" ");
    const [path = "", rawQuery = ""] = url.split("?");
    const query = path.endsWith("/announce") ? decodeAnnounceQuery(rawQuery) : undefined;
    const request = { host: stream.remote.host, path, query, connection, head };
    this.requests.push(request);
    const answer = this.behaviour.answer(request);
    if (answer === undefined) return;
    stream.write(typeof answer === "string" ? Buffer.from(answer, "latin1") : answer);
    if (this.behaviour.closes) stream.end();
  }
}
