// Lists that a web server gives.

import { messageOf, type Http } from "@troupe/actor-runtime";

/** Bounds of a fetched list. */
interface FetchLimits {
  readonly deadlineMs: number;
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
}

/** Whether the source of a list is fetched from a web server. */
export function isWebAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/**
 * Fetches a list.
 *
 * @param unreadable Makes the error.
 * @throws rejects with the error; the reason of `signal`.
 */
export async function fetchList(
  url: string,
  http: Pick<Http, "get">,
  limits: FetchLimits,
  unreadable: (url: string, why: string, cause?: unknown) => Error,
): Promise<Uint8Array> {
  const reply = await http.get(url, limits).catch((cause: unknown) => {
    limits.signal.throwIfAborted();
    throw unreadable(url, messageOf(cause), cause);
  });
  if (reply.status === 200) return reply.body;
  throw unreadable(url, `the server answered with HTTP status ${reply.status}`);
}
