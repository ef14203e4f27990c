// The requests of a page as the browser sends them, with the fields that scripts cannot see, and its frames.

import type { Frame, Page } from "puppeteer-core";
import { found, until } from "../time/until.ts";

/** A request of a page. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly fields: Readonly<Record<string, string>>;
  /** Status of the response, also of one that the page may not read. */
  readonly status: number | undefined;
}

/** Records the requests of a page to an origin from now on. @returns A function that gives those so far, once each is answered. */
export async function recordRequests(
  page: Page,
  origin: string,
): Promise<() => Promise<readonly SentRequest[]>> {
  const found = new Map<string, SentRequest>();
  const change = (id: string, change: Partial<SentRequest>): void => {
    const empty = { method: "", url: "", fields: {}, status: undefined };
    found.set(id, { ...(found.get(id) ?? empty), ...change });
  };
  const protocol = await page.createCDPSession();
  protocol.on("Network.requestWillBeSent", ({ requestId, request: { method, url } }) =>
    change(requestId, { method, url }),
  );
  protocol.on("Network.requestWillBeSentExtraInfo", ({ requestId, headers }) => {
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    change(requestId, { fields: Object.fromEntries(lower) as Record<string, string> });
  });
  protocol.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) =>
    change(requestId, { status: statusCode }),
  );
  await protocol.send("Network.enable");
  // A request that another one answers has no fields.
  await protocol.send("Network.setCacheDisabled", { cacheDisabled: true });
  return async () => {
    const sent = (): SentRequest[] =>
      [...found.values()].filter(({ url }) => url.startsWith(`${origin}/`));
    // The protocol tells the status by a message of its own, which may come after the page's own event.
    await until("each request has a status", () => !sent().some(isOpen));
    return sent();
  };
}

function isOpen({ status }: SentRequest): boolean {
  return status === undefined;
}

/** The frames in a page, once each has a document. */
export async function framesIn(page: Page): Promise<readonly Frame[]> {
  // The browser names a frame's document after the page has got its event.
  return await found("each frame has a document", () => {
    const frames = page.frames().slice(1);
    return frames.every((frame) => frame.url() !== "") ? frames : undefined;
  });
}
