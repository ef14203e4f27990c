import { systemWords, type Address } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";

/** `tracker-silent`. */
export function silent({ host, port }: Address): TroupeError {
  return new TroupeError("tracker-silent", `the tracker at ${host} port ${port} does not answer`, {
    details: { host, port },
  });
}

/** `tracker-refused`, with the tracker's reason. */
export function refused(request: "announce" | "connect" | "scrape", reason: string): TroupeError {
  return new TroupeError(
    "tracker-refused",
    `the tracker refused the ${request}: ${reason === "" ? "it gives no reason" : reason}`,
    { details: { reason } },
  );
}

/** `tracker-unreachable`, with the system's code. */
export function unreachable({ host, port }: Address, code: string): TroupeError {
  return new TroupeError(
    "tracker-unreachable",
    `cannot send a datagram to the tracker at ${host} port ${port}: ${systemWords(code)}`,
    { details: { host, port, cause: code } },
  );
}
