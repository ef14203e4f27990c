import { TroupeError } from "@troupe/control";

/** The status of the response for each code that is not a fault of the arguments. */
const statuses: Readonly<Record<string, number>> = {
  "command-deadline": 504,
  "command-unknown": 404,
  "coordinator-closed": 503,
  "engine-lost": 503,
  "engine-restarting": 503,
  "no-torrent": 404,
  "not-permitted": 403,
  "read-only-credential": 403,
  "restore-running": 503,
  "too-many-calls": 503,
  "too-many-guesses": 429,
  "too-many-late-commands": 503,
  "torrent-exists": 409,
};
const argumentFault = 400;
const bug = 500;

/** The status of the HTTP response that tells of an error. */
export function errorStatus(error: unknown): number {
  if (!(error instanceof TroupeError)) return bug;
  return statuses[error.code] ?? argumentFault;
}
