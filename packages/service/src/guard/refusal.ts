/** Why a request was refused. A code never changes its meaning; docs/errors.md has a row for each. */
export type GuardCode =
  | "address-list-malformed"
  | "body-budget-full"
  | "body-compressed"
  | "body-cut"
  | "body-kind-not-allowed"
  | "body-too-large"
  | "body-too-slow"
  | "expectation-unknown"
  | "form-malformed"
  | "head-too-large"
  | "host-name-malformed"
  | "host-not-allowed"
  | "json-malformed"
  | "link-not-valid"
  | "login-failed"
  | "login-needed"
  | "method-not-allowed"
  | "multipart-malformed"
  | "no-auth-not-allowed"
  | "origin-not-allowed"
  | "password-not-allowed"
  | "password-record-malformed"
  | "path-unknown"
  | "path-not-resolved"
  | "read-only-credential"
  | "request-malformed"
  | "request-too-slow"
  | "root-not-allowed"
  | "token-not-allowed"
  | "token-unknown"
  | "tokens-malformed"
  | "too-many-calls"
  | "too-many-connections"
  | "too-many-guesses"
  | "too-many-logins"
  | "too-many-tokens";

/** The answer to a request that is not carried out. It is returned, never thrown. */
export interface Refusal {
  readonly refused: GuardCode;
  /** Status of the HTTP response. */
  readonly status: number;
  /** A sentence: what could not be done, what was seen, what is allowed. */
  readonly message: string;
  /** The field `Retry-After`, whole seconds. */
  readonly retryAfterSeconds?: number;
  /** The field `Allow` of a refusal with the status 405. */
  readonly allow?: string;
  /** The field `WWW-Authenticate` of a refusal with the status 401. */
  readonly authenticate?: string;
}

/** Without Basic, for which a browser would ask for a password in a window of its own. */
const challenge = 'Bearer realm="Troupe"';

/** Makes a refusal without a time to retry after. */
export function refuse(status: number, refused: GuardCode, message: string): Refusal {
  return status === 401
    ? { refused, status, message, authenticate: challenge }
    : { refused, status, message };
}

/** Tells a refusal from every other result. */
export function isRefusal(result: unknown): result is Refusal {
  return typeof result === "object" && result !== null && "refused" in result;
}
