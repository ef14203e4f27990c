/** The way of a body to the client. */
export interface BodyPlan {
  /** Default 65,536. */
  readonly chunkBytes?: number;
  /** Between two chunks. Default 1. */
  readonly chunkMs?: number;
  /** The connection breaks after so many bytes. */
  readonly breaksAfterBytes?: number;
}

/** A request to a handler. */
export interface SimulatedRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a POST. */
  readonly body?: Uint8Array;
  /** The address of the client, in the requested family. */
  readonly from: string;
}

/** The answer of a handler. {@link Http.get} ignores the plan of the body. */
export interface SimulatedReply extends BodyPlan {
  /** Default 200. */
  readonly status?: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** A redirect to this URL. */
  readonly redirect?: string;
  /** Delay of the server. Default 0. */
  readonly delayMs?: number;
}

/**
 * A thrown error breaks the connection, with its `code`. A promise that never settles is a server that never answers.
 */
export type HttpHandler = (request: SimulatedRequest) => SimulatedReply | Promise<SimulatedReply>;

/** The handler may keep its memory. */
export function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === "string" ? new TextEncoder().encode(body) : body.slice();
}
