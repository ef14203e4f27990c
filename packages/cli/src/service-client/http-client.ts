// Requests to a service over HTTP.

import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { cleanText } from "@troupe/protocol/text";
import { CommandError } from "../failure.ts";
import type { ServiceTarget } from "./service-port.ts";

/**
 * Time of a call, from its first byte to the last of its answer. The service gives a call up after 10 s, and its answer
 * that says so must still arrive.
 */
const callDeadlineMs = 12_000;
/** Bytes of an answer; a longer one is refused. A .torrent of 32 MiB takes 43 MiB in base64. */
const mostAnswerBytes: number = 64 * 1_024 ** 2;
const longestReason = 300;

/** A request. */
export interface Call {
  readonly method: "GET" | "POST";
  /** Below the address of the service, with a `/` in front. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
}

/** An answer. */
interface Answer {
  readonly status: number;
  /** JSON, of any shape. */
  readonly value: unknown;
}

/** Ends a call when its caller stops, and when its time is over. */
class CallEnd implements Disposable {
  readonly #controller = new AbortController();
  readonly #stop: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onStop = (): void => this.#controller.abort();
  isLate = false;

  constructor(stop: AbortSignal, deadlineMs: number) {
    stop.throwIfAborted();
    this.#stop = stop;
    stop.addEventListener("abort", this.#onStop);
    this.#timer = setTimeout(() => {
      this.isLate = true;
      this.#controller.abort();
    }, deadlineMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on only the caller ends the call. */
  holdTime(): void {
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    this.holdTime();
    this.#stop.removeEventListener("abort", this.#onStop);
  }
}

/**
 * Sends a request and reads its answer.
 *
 * @param stop Ends the call.
 * @throws CommandError `no-service`, `service-unreachable`, `service-answer-malformed`; the reason of `stop`.
 */
export async function exchange(
  target: ServiceTarget,
  call: Call,
  stop: AbortSignal,
  deadlineMs: number = callDeadlineMs,
): Promise<Answer> {
  using end = new CallEnd(stop, deadlineMs);
  try {
    const response = await send(target, call, end.signal);
    const text = await readText(target, response);
    return { status: response.statusCode ?? 0, value: parsed(target, response, text) };
  } catch (error) {
    stop.throwIfAborted();
    throw connectError(target, error, end.isLate ? deadlineMs : undefined);
  }
}

/**
 * Opens a stream of events, which may be silent for as long as nothing changes.
 *
 * @returns Pieces of its text; they end with the stream. @throws CommandError as {@link exchange}
 */
export async function* openStream(
  target: ServiceTarget,
  path: string,
  stop: AbortSignal,
): AsyncGenerator<string> {
  using end = new CallEnd(stop, callDeadlineMs);
  try {
    const response = await send(target, { method: "GET", path }, end.signal);
    const type = response.headers["content-type"] ?? "";
    if (response.statusCode !== 200 || !/^text\/event-stream\b/i.test(type)) {
      response.destroy();
      throw malformed(target, `HTTP status ${response.statusCode} in place of a stream of events`);
    }
    end.holdTime();
    response.setEncoding("utf8");
    // The stream is open.
    yield "";
    yield* response as AsyncIterable<string>;
  } catch (error) {
    stop.throwIfAborted();
    throw connectError(target, error, end.isLate ? callDeadlineMs : undefined);
  }
}

/** The error of an answer that is not understood. */
export function malformed(target: ServiceTarget, seen: string, cause?: unknown): CommandError {
  const message = `cannot understand the answer of ${nameOf(target)}: ${seen}`;
  return new CommandError("service-answer-malformed", message, { cause });
}

async function send(
  target: ServiceTarget,
  { method, path, body }: Call,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    Accept: "application/json, text/event-stream",
    ...(text !== undefined && {
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(text),
    }),
    ...(target.kind === "url" &&
      target.token !== undefined && { Authorization: `Bearer ${target.token}` }),
  };
  return await new Promise((resolve, reject) => {
    // A connection for each call: the service may close one that waits at any moment.
    const request = begin(target, path, { method, headers, signal, agent: false });
    request.once("response", resolve);
    request.on("error", reject);
    request.end(text);
  });
}

function begin(target: ServiceTarget, path: string, options: RequestOptions): ClientRequest {
  if (target.kind === "socket") return requestHttp({ ...options, socketPath: target.path, path });
  const url = `${target.base}${path}`;
  if (/^http:/i.test(url)) return requestHttp(url, options);
  // Also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise.
  return requestHttps(url, { ...options, rejectUnauthorized: true });
}

async function readText(target: ServiceTarget, response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostAnswerBytes) throw malformed(target, `more than ${mostAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(target: ServiceTarget, { statusCode }: IncomingMessage, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw malformed(target, `HTTP status ${statusCode} with a text that is no JSON`, cause);
  }
}

/** Nothing listens there, or the connection failed. */
function connectError(
  target: ServiceTarget,
  error: unknown,
  lateAfterMs: number | undefined,
): CommandError {
  if (error instanceof CommandError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ECONNREFUSED") return noService(target, error);
  const reason =
    lateAfterMs === undefined
      ? cleanText(systemSentence(error), longestReason)
      : `no answer within ${lateAfterMs / 1_000} s`;
  const message = `cannot reach ${nameOf(target)}: ${reason}`;
  return new CommandError("service-unreachable", message, { cause: error });
}

function noService(target: ServiceTarget, cause: unknown): CommandError {
  const message =
    target.kind === "socket"
      ? `no service is running; \`${target.startedBy}\` starts one`
      : `no service is listening at ${target.base}; \`troupe serve\` starts one there`;
  return new CommandError("no-service", message, { cause });
}

function nameOf(target: ServiceTarget): string {
  return target.kind === "socket"
    ? `the service at ${target.path}`
    : `the service at ${target.base}`;
}
