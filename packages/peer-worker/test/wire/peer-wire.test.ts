import test from "ava";
import type { FrameSink } from "@troupe/protocol/frames";

import { PeerWire } from "../../src/wire/peer-wire.ts";
import { FakeStream } from "../support/fake-stream.ts";

const output = { write: () => {}, scheduleFlush: () => {} };
// Nothing is read here: no message is handled.
const noHandler = { blockMemory: new Uint8Array(0) } as unknown as FrameSink;

function openWire(): { readonly wire: PeerWire; readonly stream: FakeStream } {
  const stream = new FakeStream({ host: "192.0.2.1", port: 1 }, () => {});
  return { wire: new PeerWire(stream, output, noHandler, 0), stream };
}

test("a wire is admitted, opened and closed, with the last reason", (t) => {
  const { wire, stream } = openWire();
  t.is(wire.phase, "admitting");
  wire.open();
  t.is(wire.phase, "open");
  wire.requestClose("full");
  wire.requestCloseOnce("idle");
  t.is(wire.closeReason, "full");
  wire.requestClose("both-seeds");
  t.is(wire.closeReason, "both-seeds");
  wire.close("message-flood", true);
  t.deepEqual([wire.phase, wire.closeReason, wire.isFaulty], ["closed", "message-flood", true]);
  t.true(stream.isClosed);
});

test("a pause of reading holds the stage, the messages and the connection", (t) => {
  const { wire, stream } = openWire();
  t.false(wire.isReadingPaused);
  let isReadingPaused = false;
  wire.input = {
    isReading: true,
    get isReadingPaused() {
      return isReadingPaused;
    },
    pendingBytes: 0,
    pauseReading: () => {
      isReadingPaused = true;
    },
    resumeReading: () => {},
  };
  wire.pauseReading();
  t.true(wire.isReadingPaused);
  t.true(wire.isReading);
  t.true(stream.isPaused);
});
