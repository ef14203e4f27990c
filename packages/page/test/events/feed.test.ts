import test, { type ExecutionContext } from "ava";
import { setImmediate } from "node:timers/promises";
import { Feed } from "../../src/events/feed.ts";
import type { FeedMessage } from "../../src/events/feed-messages.ts";
import { givenRow, hashOf } from "../support/list-rows.ts";

declare global {
  /** The address of the page, which Node does not have. */
  const location: { readonly href: string };
}

const [old, kept] = [hashOf(1), hashOf(2)];

for (const isInOrder of [true, false])
  test.serial(
    `G12 after two resets the later load alone counts, its page comes ${isInOrder ? "last" : "first"}`,
    async (t) => {
      const service = new GivenService(t);
      const messages: FeedMessage[] = [];
      const feed = new Feed((message) => void messages.push(message));
      feed.tryNow();
      await turns();
      service.send("id: 1\nevent: reset\ndata: {}\n\n");
      await turns();
      service.send("id: 2\nevent: reset\ndata: {}\n\n");
      await turns();
      t.is(service.pages, 2);
      if (isInOrder) await service.answerPage(0, old);
      t.is(feed.connection, "connecting");
      await service.answerPage(1, kept);
      t.is(feed.connection, "live");
      if (!isInOrder) await service.answerPage(0, old);
      const told = messages.flatMap((message) => (message.kind === "rows" ? message.rows : []));
      t.deepEqual(
        told.map(({ torrent }) => torrent),
        [kept],
      );
      t.deepEqual(
        [...feed.cache.rows].map(({ torrent }) => torrent),
        [kept],
      );
      await service.endStream();
      feed.tryNow();
      await turns();
      t.deepEqual(service.lastEventIds, ["", "2"]);
      t.is(feed.connection, "refused");
    },
  );

/** Enough for an answer to be read. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

/** A service in the place of `fetch`: one stream, which is refused later, and pages when a test gives them. */
class GivenService {
  /** The ids that streams were asked from. */
  readonly lastEventIds: string[] = [];
  readonly #answers: ((response: Response) => void)[] = [];
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(t: ExecutionContext) {
    const { fetch } = globalThis;
    Object.assign(globalThis, { location: { href: "http://a.example/" } });
    globalThis.fetch = async (target, { headers } = {}) =>
      target === "http://a.example/api/v1/events"
        ? this.#open(new Headers(headers))
        : await this.#page();
    t.teardown(() => {
      globalThis.fetch = fetch;
      Reflect.deleteProperty(globalThis, "location");
    });
  }

  /** Pages that were asked for. */
  get pages(): number {
    return this.#answers.length;
  }

  send(text: string): void {
    this.#stream?.enqueue(new TextEncoder().encode(text));
  }

  async answerPage(index: number, torrent: string): Promise<void> {
    this.#answers[index]?.(Response.json({ torrents: [givenRow({ torrent })] }));
    await turns();
  }

  async endStream(): Promise<void> {
    this.#stream?.close();
    await turns();
  }

  #open(headers: Headers): Response {
    this.lastEventIds.push(headers.get("Last-Event-ID") ?? "");
    if (this.#stream !== undefined) return new Response("", { status: 401 });
    return new Response(
      new ReadableStream<Uint8Array>({ start: (stream) => void (this.#stream = stream) }),
    );
  }

  async #page(): Promise<Response> {
    const { promise, resolve } = Promise.withResolvers<Response>();
    this.#answers.push(resolve);
    return await promise;
  }
}
