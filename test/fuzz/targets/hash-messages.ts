import { FrameReader, type FrameSink, type HashSink } from "@troupe/protocol/frames";
import { hashesOf, isRangeOf, layersAbove, provenNode, zeroNode } from "@troupe/protocol/merkle";
import { makeGeometry } from "@troupe/protocol/metainfo";
import {
  decodeHashRequest,
  encodeHashReject,
  encodeHashRequest,
  encodeHashes,
  hashesBytes,
  isSameHashRequest,
  type HashRequest,
} from "@troupe/protocol/peer";

import { bytesMutator, joined } from "../engine/mutate-bytes.ts";
import { words } from "../engine/mutate-frames.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** A tree of eleven leaves. */
const height = 4;
const leaves = Uint8Array.from({ length: 11 * 32 }, (_, at) => (at * 7 + (at >> 5)) & 0xff);
const layers = layersAbove(leaves, 0);
const root = layers.at(-1) ?? leaves;
const asked: HashRequest = { root, baseLayer: 0, index: 4, length: 4, proofLayers: 3 };
const right: Uint8Array = hashesOf(asked, nodeAt);

function nodeAt(layer: number, index: number): Uint8Array {
  const nodes = layers[layer] ?? root;
  const node = nodes.subarray(index * 32, (index + 1) * 32);
  return node.length === 32 ? node : zeroNode(layer);
}

const nothing = (): void => {};

/** A connection that has asked for hashes. */
class HashReader implements FrameSink {
  readonly blockMemory = new Uint8Array(0);
  readonly hashSink: HashSink;
  keepAlive = nothing;
  choke = nothing;
  unchoke = nothing;
  interested = nothing;
  notInterested = nothing;
  have = nothing;
  bitfield = nothing;
  request = nothing;
  cancel = nothing;
  port = nothing;
  haveAll = nothing;
  haveNone = nothing;
  suggest = nothing;
  allowedFast = nothing;
  reject = nothing;
  extended = nothing;
  blockEnds = nothing;
  unknown = nothing;

  constructor() {
    this.hashSink = {
      maxHashesBytes: hashesBytes(asked),
      hashRequest: judgeRequest,
      hashReject: judgeRequest,
      hashes: judgeHashes,
    };
  }

  blockStarts(): number {
    return -1;
  }
}

/** Written again as it was read; a range of the tree has an answer that proves a node of the tree. */
function judgeRequest(request: HashRequest): void {
  const again = decodeHashRequest(encodeHashRequest(request).subarray(5));
  hold(isSameHashRequest(again, request), "read otherwise");
  if (!isRangeOf(request, height)) return;
  const { layer, index, node } = provenNode(request, hashesOf(request, nodeAt));
  hold(layer <= height && sameBytes(node, nodeAt(layer, index)), "an honest answer proves nothing");
}

/** Hashes that lead to the root are the right ones. */
function judgeHashes(request: HashRequest, hashes: Uint8Array): void {
  hold(hashes.length % 32 === 0 && hashes.length > 0, "half a hash");
  hold(hashes.length <= right.length, "more hashes than were asked");
  if (!isSameHashRequest(request, asked) || hashes.length !== right.length) return;
  const isProven = sameBytes(provenNode(asked, hashes).node, root);
  hold(isProven === sameBytes(hashes, right), "other hashes lead to the root");
}

/** Hash requests, hashes and rejects (BEP 52) on a connection that speaks version 2. */
export const hashMessages: FuzzTarget = {
  name: "hash-messages",
  oracle:
    "refused with a code, or read in bounds; a request of the tree has an answer that proves it, and hashes with any other bit do not lead to the root",
  sources: [
    "protocol/src/peer/bep-52",
    "protocol/src/frames/deliver-hashes",
    "protocol/src/merkle",
  ],
  seeds: () => [
    encodeHashRequest(asked),
    encodeHashReject(asked),
    encodeHashes(asked, right),
    joined(encodeHashes(asked, right), encodeHashRequest({ ...asked, baseLayer: 2, index: 0 })),
  ],
  mutate: bytesMutator([words(0), words(1), words(0xffffffff), root, encodeHashRequest(asked)]),
  maxBytes: 4_096,
  run(input) {
    const bounds = { geometry: makeGeometry(11 * 16_384, 16_384), maxExtendedBytes: 64 };
    const reader = new FrameReader(new HashReader(), bounds);
    const cut = input.length === 0 ? 0 : (input[0] ?? 0) % input.length;
    acceptedBy(() => {
      reader.push(input.subarray(0, cut));
      reader.push(input.subarray(cut));
      return true;
    });
    hold(reader.bufferedBytes <= hashesBytes(asked) + 1_024, "more is kept than was asked");
  },
};
