import { TroupeError } from "@troupe/control";

/** The status of the response for each code that is not a fault of the arguments. */
const statuses: Readonly<Record<string, number>> = {
  "command-deadline": 504,
  "command-unknown": 404,
  "coordinator-closed": 503,
  "disk-not-answering": 503,
  "engine-lost": 503,
  "engine-restarting": 503,
  "feed-exists": 409,
  "feed-read-only": 409,
  "feed-reader-ended": 503,
  "feeds-not-saved": 503,
  "file-not-wanted": 409,
  "login-failed": 401,
  "no-feed": 404,
  "no-file": 404,
  "no-torrent": 404,
  "not-permitted": 403,
  "read-only-credential": 403,
  "restore-running": 503,
  "secret-not-saved": 503,
  "settings-not-saved": 503,
  "service-busy": 503,
  "too-many-calls": 503,
  "too-many-guesses": 429,
  "too-many-late-commands": 503,
  "too-many-logins": 503,
  "too-many-streams": 503,
  "torrent-stopped": 409,
  "torrent-exists": 409,
};
const argumentFault = 400;
const bug = 500;

/** The status of the HTTP response that tells of an error. */
export function errorStatus(error: unknown): number {
  if (!(error instanceof TroupeError)) return bug;
  return statuses[error.code] ?? argumentFault;
}

/** Seconds after which a call that had no answer yet may be repeated, where its error names no other time. */
const retrySeconds = 1;

/** The field `Retry-After` of a response with the status 429 or 503. */
export function retryAfter(error: unknown): Readonly<Record<string, string>> {
  const status = errorStatus(error);
  if (status !== 503 && status !== 429) return {};
  const details: Readonly<Record<string, unknown>> =
    error instanceof TroupeError ? { ...error.details } : {};
  const { retryAfterSeconds: seconds } = details;
  return { "Retry-After": String(typeof seconds === "number" ? seconds : retrySeconds) };
}
