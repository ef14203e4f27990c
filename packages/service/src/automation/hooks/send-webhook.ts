// A webhook: an address that gets an event by POST. Its user has named the address, which may be on this machine or in its
// network; a redirect is refused, so that no server leads elsewhere.

import { createHmac } from "node:crypto";
import { asFault, codeOf, type Http, type MayDial } from "@troupe/actor-runtime";
import { classifyAddress, isNameOfLocalNetwork, parseIp } from "@troupe/protocol/address";
import type { TryEnd } from "./deliveries.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/** A server that hangs holds up its webhook for so long. */
const deadlineMs = 10_000;
/** Nobody reads the answer. */
const mostAnswerBytes = 1_024 ** 2;

/** A webhook as it is sent. */
export interface Webhook {
  readonly url: string;
  /** The key of the signature. */
  readonly key?: Uint8Array;
}

/** The world of webhooks. */
interface WebhookPorts {
  /** By the proxy and the interface of the engine. */
  readonly http: Pick<Http, "post">;
  /** For hosts of this machine and of local networks, which a proxy or a tunnel does not reach. */
  readonly localHttp: Pick<Http, "post">;
  readonly epochMs: () => number;
}

/** Sends the event once. Never rejects. */
export async function sendWebhook(
  { url, key }: Webhook,
  entry: OutboxEntry,
  signal: AbortSignal,
  { epochMs, http, localHttp }: WebhookPorts,
): Promise<TryEnd> {
  const body = Buffer.from(JSON.stringify(webhookBody(entry)));
  const time = String(Math.floor(epochMs() / 1_000));
  const headers = {
    "content-type": "application/json",
    "troupe-event": entry.event,
    "troupe-id": entry.id,
    "troupe-time": time,
    ...(key !== undefined && { "troupe-signature": `sha256=${signature(key, time, body)}` }),
  };
  try {
    const options = { deadlineMs, maxBodyBytes: mostAnswerBytes, headers, body, signal };
    const { status } = isLocal(url)
      ? await localHttp.post(url, { ...options, mayDial: isLocalAddress })
      : await http.post(url, options);
    return status >= 200 && status < 300 ? "arrived" : { failed: `it answered ${status}` };
  } catch (error) {
    return { failed: reasonOf(error) };
  }
}

/** Whether the user has named a host of this machine or of a local network. */
function isLocal(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  return parseIp(host) === undefined ? isNameOfLocalNetwork(host) : isLocalAddress(host, host);
}

/** A local name that leads to the internet is refused: the request would go past the proxy. */
const isLocalAddress: MayDial = (address) => classifyAddress(address) !== "internet";

/** The body, without secrets: trackers have passkeys. */
function webhookBody({ atMs, error, event, hook, id, torrent }: OutboxEntry): object {
  const { infoHash, name, directory, group, labels, sizeBytes, downloadedBytes } = torrent;
  return {
    ...{ id, event, time: new Date(atMs).toISOString(), hook: hook.name },
    torrent: {
      ...{ infoHash, name, directory, labels, sizeBytes, downloadedBytes },
      ...(group !== undefined && { group }),
    },
    ...(error !== undefined && { error }),
  };
}

/** HMAC-SHA-256 over `time`, a dot and the body, in hex: a request that was recorded cannot be sent again later. */
function signature(key: Uint8Array, time: string, body: Uint8Array): string {
  return createHmac("sha256", key).update(`${time}.`).update(body).digest("hex");
}

/** Without the address, which may have a secret. */
function reasonOf(error: unknown): string {
  const { details } = error as { readonly details?: { readonly reason?: unknown } };
  if (typeof details?.reason === "string") return details.reason;
  return codeOf(error) ?? asFault(error).message;
}
