// A reader of the events of a service that is ended again and again.

import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A reader of events that connects again with the last id. */
export class WatchedStream {
  opened = 0;
  silentGaps = 0;
  readonly #port: number;
  #last: { readonly incarnation: string; readonly number: number } | undefined;
  #lastId: string | undefined;
  #hasEnded = false;

  constructor(port: number) {
    this.#port = port;
    void this.#readOn();
  }

  end(): void {
    this.#hasEnded = true;
  }

  async #readOn(): Promise<void> {
    while (!this.#hasEnded) {
      await this.#readOnce().catch(() => undefined);
      await sleep(20);
    }
  }

  #readOnce(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const headers = this.#lastId === undefined ? {} : { "last-event-id": this.#lastId };
    const where = { host: "127.0.0.1", port: this.#port, path: "/api/v1/events", headers };
    const asked = request(where, (response) => {
      if (response.statusCode === 200) this.opened++;
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        const events = text.split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) this.#take(event);
        if (this.#hasEnded) response.destroy();
      });
      response.on("error", reject);
      response.on("close", () => resolve());
    });
    asked.on("error", reject);
    asked.end();
    return promise;
  }

  #take(event: string): void {
    const [, id, incarnation = "", digits] = /^id: ((\w+)-(\d+)-\d+)$/m.exec(event) ?? [];
    if (id === undefined) return;
    const number = Number(digits);
    const isReset = event.includes("event: reset");
    const isNext =
      incarnation === this.#last?.incarnation &&
      (number === this.#last.number || number === this.#last.number + 1);
    if (!isReset && !isNext) this.silentGaps++;
    this.#last = { incarnation, number };
    this.#lastId = id;
  }
}
