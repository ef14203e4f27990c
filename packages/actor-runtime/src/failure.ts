// Errors as data at every thread border: structured clone keeps only message, stack and cause.

/** Fields of an {@link ActorError}. */
interface ActorErrorFields {
  /** The action that failed, the value seen, the value allowed. */
  readonly message: string;
  readonly operation?: string | undefined;
  /** Plain data. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/**
 * A failure with a stable code. The runtime's own codes: `actor-gone`, `call-deadline`, `mailbox-overflow`,
 * `no-handler`, `start-failed`, `start-deadline`, `actor-hung`, `actor-killed`, `actor-exited`, `not-stopped`,
 * `restarts-used-up`, `lifecycle-deadline`, `no-such-actor`, `worker-file-not-found`. Errors of another thread keep
 * name, code, operation and details.
 */
export class ActorError extends Error {
  readonly code: string;
  readonly operation: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, fields: ActorErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "ActorError";
    this.code = code;
    this.operation = fields.operation;
    this.details = fields.details;
  }
}

/** An error as plain data, bounded in text and depth. */
export interface FailureData {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly operation?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  readonly cause?: FailureData;
}

const maxCauses = 8;
const maxTextChars = 8_192;
const maxKeys = 64;
const maxDepth = 4;
const ownFields = new Set(["name", "message", "code", "operation", "details", "stack", "cause"]);

/**
 * Turns any thrown value into plain data. Other fields of a system error (`errno`, `syscall`, `path` …) become details.
 * Cuts text over 8 192 characters and causes after the eighth. Never throws.
 */
export function encodeFailure(thrown: unknown): FailureData {
  return encodeAt(thrown, 0);
}

/** Restores the error of {@link encodeFailure}, also causes and stack. */
export function decodeFailure(data: FailureData): ActorError {
  const error = new ActorError(data.code ?? "failure", {
    message: data.message,
    operation: data.operation,
    details: data.details,
    cause: data.cause === undefined ? undefined : decodeFailure(data.cause),
  });
  error.name = data.name;
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}

/**
 * The plain-data part of `fields`, of bounded depth and size: text, numbers, bigints, booleans, byte arrays, arrays and
 * plain objects. Errors become {@link FailureData}, other values text. Never throws.
 */
export function plainFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return plainRecord(fields, 0);
}

function encodeAt(thrown: unknown, depth: number): FailureData {
  if (!(thrown instanceof Error)) {
    return { name: "Error", message: `thrown: ${plainText(thrown)}`, code: "not-an-error" };
  }
  const error = thrown as Error & { code?: unknown; operation?: unknown; details?: unknown };
  const details = detailsOf(error);
  return {
    name: plainText(error.name),
    message: plainText(error.message),
    ...(typeof error.code === "string" && { code: cut(error.code) }),
    ...(typeof error.operation === "string" && { operation: cut(error.operation) }),
    ...(details !== undefined && { details }),
    ...(typeof error.stack === "string" && { stack: cut(error.stack) }),
    ...(error.cause !== undefined &&
      depth < maxCauses && { cause: encodeAt(error.cause, depth + 1) }),
  };
}

function detailsOf(error: Error & { details?: unknown }): Record<string, unknown> | undefined {
  const details: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(error)) {
    if (!ownFields.has(key) && typeof value !== "function") details[key] = plain(value, 1);
  }
  if (isRecord(error.details)) Object.assign(details, plainRecord(error.details, 0));
  return Object.keys(details).length === 0 ? undefined : details;
}

function plain(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return cut(value);
    case "number":
    case "boolean":
    case "bigint":
    case "undefined":
      return value;
    default:
  }
  if (value === null) return null;
  if (value instanceof Error) return encodeAt(value, maxCauses - 1);
  if (value instanceof Uint8Array) return value.slice(0, maxTextChars);
  if (depth >= maxDepth) return plainText(value);
  if (Array.isArray(value)) return value.slice(0, maxKeys).map((item) => plain(item, depth + 1));
  return isRecord(value) ? plainRecord(value, depth) : plainText(value);
}

function plainRecord(record: Readonly<Record<string, unknown>>, depth: number) {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record).slice(0, maxKeys)) {
    result[cut(key)] = plain(value, depth + 1);
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function plainText(value: unknown): string {
  try {
    return cut(String(value));
  } catch {
    return "a value without text";
  }
}

function cut(text: string): string {
  return text.length <= maxTextChars ? text : `${text.slice(0, maxTextChars)}…`;
}
