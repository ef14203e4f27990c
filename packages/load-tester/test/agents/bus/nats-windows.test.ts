import test from "ava";
import { NatsWindows } from "../../../src/agents/bus/nats-windows.ts";

type Parts = Parameters<typeof NatsWindows.open>[0];

/** A server of streams. @param finds Whether each look finds the stream. */
function partsThat(finds: readonly boolean[]): Parts {
  const looks = [...finds];
  const streams = {
    info: async () => {
      if (looks.shift() !== true) throw new Error("stream not found");
    },
    add: async () => {
      throw new Error("subjects overlap with an existing stream");
    },
  };
  return { library: { nanos: (ms: number) => ms * 1e6 }, manager: { streams } } as unknown as Parts;
}

test("the stream that another agent makes at the same moment is used", async (t) => {
  await t.notThrowsAsync(NatsWindows.open(partsThat([false, true])));
});

test("a stream that cannot be made is an error of the server's words", async (t) => {
  await t.throwsAsync(NatsWindows.open(partsThat([false, false])), { message: /overlap/ });
});
