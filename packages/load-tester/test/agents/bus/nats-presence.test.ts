import test from "ava";
import { natsPresence } from "../../../src/agents/bus/nats-presence.ts";

type Bucket = Parameters<typeof natsPresence>[0];

/** The names of a bucket, after which more could come until it is stopped. */
class EndlessNames {
  readonly names: readonly string[];
  readonly #stopped = Promise.withResolvers<void>();

  constructor(names: readonly string[]) {
    this.names = names;
  }

  stop(): void {
    this.#stopped.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    yield* this.names;
    await this.#stopped.promise;
  }
}

test("a list whose end never comes has the entries that came in two seconds", async (t) => {
  const bucket = {
    keys: async () => new EndlessNames(["a", "gone", "b"]),
    get: async (name: string) => ({
      operation: name === "gone" ? "DEL" : "PUT",
      value: new TextEncoder().encode(name),
    }),
  };
  const entries = await natsPresence(bucket as unknown as Bucket).list();
  t.deepEqual([...entries.keys()], ["a", "b"]);
});
