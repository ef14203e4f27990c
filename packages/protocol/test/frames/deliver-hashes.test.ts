import test from "ava";
import { FrameReader, type HashSink } from "../../src/frames/index.ts";
import { makeGeometry } from "../../src/metainfo/index.ts";
import {
  encodeHashReject,
  encodeHashRequest,
  encodeHashes,
  hashesBytes,
} from "../../src/peer/index.ts";
import { RecordingSink } from "../support/recording-sink.ts";
import { refuses } from "../support/refusals.ts";

const request = {
  root: new Uint8Array(32).fill(9),
  baseLayer: 1,
  index: 4,
  length: 4,
  proofLayers: 2,
};
const hashes = new Uint8Array(5 * 32).fill(3);
const bounds = { geometry: makeGeometry(100_000, 16_384), maxExtendedBytes: 1_000 };

class HashRecorder extends RecordingSink {
  readonly messages: unknown[] = [];
  readonly hashSink: HashSink;

  constructor(maxHashesBytes: number) {
    super();
    this.hashSink = {
      maxHashesBytes,
      hashRequest: (each) => void this.messages.push({ hashRequest: each }),
      hashes: (each, bytes) => void this.messages.push({ hashes: each, bytes: bytes.slice() }),
      hashReject: (each) => void this.messages.push({ hashReject: each }),
    };
  }
}

const asked = hashesBytes(request);
const all = Uint8Array.from([
  ...encodeHashRequest(request),
  ...encodeHashes(request, hashes),
  ...encodeHashReject(request),
]);

test("hash messages are delivered in order, however their bytes are cut", (t) => {
  for (const step of [1, 3, 48, 1_000]) {
    const sink = new HashRecorder(asked);
    const reader = new FrameReader(sink, bounds);
    for (let at = 0; at < all.length; at += step) reader.push(all.subarray(at, at + step));
    t.deepEqual(sink.messages, [
      { hashRequest: request },
      { hashes: request, bytes: hashes },
      { hashReject: request },
    ]);
    t.is(reader.framesSeen, 3);
    t.false(reader.isInsideFrame);
  }
});

test("hash messages are unknown on a connection that does not speak version 2", (t) => {
  const sink = new RecordingSink();
  new FrameReader(sink, bounds).push(all);
  t.deepEqual(sink.events, ["unknown 21 49", `unknown 22 ${asked}`, "unknown 23 49"]);
});

const refusesHead = (sink: RecordingSink, lengthBytes: number, id: number) => (): void => {
  const head = Uint8Array.of(0, lengthBytes >> 16, lengthBytes >> 8, lengthBytes, id);
  new FrameReader(sink, bounds).push(head);
};

test("hashes are refused at their head unless a request of ours allows their length", (t) => {
  refuses(t, "hashes-not-requested", refusesHead(new HashRecorder(0), asked, 22));
  refuses(t, "hashes-not-requested", refusesHead(new HashRecorder(asked), asked + 32, 22));
  for (const lengthBytes of [asked - 1, 49, 48, 1])
    refuses(t, "hashes-not-requested", refusesHead(new HashRecorder(asked), lengthBytes, 22));
});

test("requests and rejects have one length", (t) => {
  for (const id of [21, 23])
    for (const lengthBytes of [1, 48, 50, 81])
      refuses(t, "frame-wrong-length", refusesHead(new HashRecorder(asked), lengthBytes, id));
});
