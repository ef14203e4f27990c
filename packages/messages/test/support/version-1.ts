// Records as the version before wrote them.

import type { JobRecord } from "../../src/job-record.ts";
import { encodeRecord, type Sha1 } from "../../src/record-codec.ts";

/** Encodes a record like version 1: three bitfields, and four words a file. */
export function encodeVersion1(record: JobRecord, sha1: Sha1): Uint8Array {
  const bytes = encodeRecord(record, sha1);
  const head = new DataView(bytes.buffer);
  const [jsonBytes, pieceCount, fileCount, priorityBytes] = [12, 16, 20, 24].map((at) =>
    head.getUint32(at, true),
  ) as [number, number, number, number];
  const fieldBytes = Math.ceil(pieceCount / 8);
  const bitsFrom = 32 + jsonBytes;
  const factsFrom = bitsFrom + 4 * fieldBytes + priorityBytes;
  const facts = Array.from({ length: fileCount }, (_, file) =>
    bytes.subarray(factsFrom + 40 * file, factsFrom + 40 * file + 32),
  );
  const body = Buffer.concat([
    bytes.subarray(0, bitsFrom + 3 * fieldBytes),
    bytes.subarray(factsFrom - priorityBytes, factsFrom),
    ...facts,
  ]);
  body.writeUInt32LE(1, 8);
  return Uint8Array.from(Buffer.concat([body, sha1(body)]));
}
