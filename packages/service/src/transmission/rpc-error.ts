import { TroupeError } from "@troupe/control";
import { errorStatus } from "../routes/error-status.ts";
import type { Values } from "./values.ts";

/** Error codes of JSON-RPC 2.0 and of Transmission's protocol, each with its message. */
const rpcFaults = {
  "parse-error": [-32_700, "Parse error"],
  "invalid-request": [-32_600, "Invalid Request"],
  "method-not-found": [-32_601, "Method not found"],
  "invalid-params": [-32_602, "Invalid params"],
  "announce-list": [1, "error setting announce list"],
  "tracker-list": [2, "Invalid tracker list"],
  "path-not-absolute": [3, "path is not absolute"],
  "unrecognized-info": [4, "unrecognized info"],
  system: [5, "system error"],
  "file-index": [6, "file index out of range"],
  "piece-index": [7, "piece index out of range"],
  http: [8, "HTTP error from backend service"],
  "corrupt-torrent": [9, "invalid or corrupt torrent file"],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

/** A fault of the protocol. */
export type RpcFault = keyof typeof rpcFaults;

interface MoreOfError {
  /** The sentence of the error. Default: the message of the fault. */
  readonly text?: string;
  /** The answer of the method beside the error. */
  readonly result?: Values;
  /** The status of the HTTP response where the call is the only one. Default 200. */
  readonly status?: number;
}

/** An error as both dialects answer it. */
export class RpcError extends Error {
  readonly fault: RpcFault;
  readonly result: Values | undefined;
  readonly status: number;
  /** Absent: the message of the fault says all. */
  readonly text: string | undefined;

  constructor(fault: RpcFault, { text, result, status = 200 }: MoreOfError = {}) {
    super(text ?? rpcFaults[fault][1]);
    this.name = "RpcError";
    this.fault = fault;
    this.text = text;
    this.result = result;
    this.status = status;
  }

  /** The number of the error in JSON-RPC 2.0. */
  get number(): number {
    return rpcFaults[this.fault][0];
  }

  /** The message of its number. */
  get title(): string {
    return rpcFaults[this.fault][1];
  }
}

/** Codes of wrong arguments. */
const argumentCodes: ReadonlySet<string> = new Set(["option-out-of-range", "option-unknown"]);
/** Statuses that tell a client to try again later. */
const laterStatuses: ReadonlySet<number> = new Set([503, 504]);

/**
 * The error of a call that failed.
 *
 * @param fault For errors of the engine besides those of wrong arguments.
 * @throws `error` if it is neither an RpcError nor a TroupeError: a bug.
 */
export function rpcErrorOf(error: unknown, fault: RpcFault = "system"): RpcError {
  if (error instanceof RpcError) return error;
  if (!(error instanceof TroupeError)) throw error;
  const text = error.message;
  const status = errorStatus(error);
  if (laterStatuses.has(status)) return new RpcError("system", { text, status });
  if (error.code === "not-permitted") return new RpcError("system", { text });
  return new RpcError(argumentCodes.has(error.code) ? "invalid-params" : fault, { text });
}

/** Tells the TroupeErrors of a code from all other errors. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is TroupeError {
  return error instanceof TroupeError && codes.includes(error.code);
}
