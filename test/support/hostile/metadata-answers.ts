// Misbehaviour of peers that offer the metadata to an engine that has a magnet link alone (BEP 9).

import { metadataBlockBytes } from "@troupe/protocol/peer";
import {
  after,
  extended,
  hostileMetadataId,
  many,
  type HostilePeer,
  type RawConnection,
} from "@troupe/load-peers/misbehaving";

/** Our id of `ut_metadata`, which our handshake names. */
const metadataId = 1;
/** Between two handshakes. */
const handshakePauseMs = 10_500;

function handshake(metadataBytes: number): Uint8Array {
  const names = `1:md11:ut_metadatai${hostileMetadataId}ee`;
  return extended(0, `d${names}13:metadata_sizei${metadataBytes}ee`);
}

/** Shakes hands and names the right size. */
async function offerRightly(connection: RawConnection): Promise<number> {
  const { metadataBytes = 0 } = connection.target;
  await connection.shakeHands();
  await connection.send(handshake(metadataBytes));
  return metadataBytes;
}

function message(fields: string, block: Uint8Array = new Uint8Array(0)): Uint8Array {
  return extended(metadataId, Buffer.concat([Buffer.from(`d${fields}e`), block]));
}

/** A block of zeros. */
function wrongBlock(block: number, totalBytes: number): Uint8Array {
  const fields = `8:msg_typei1e5:piecei${block}e10:total_sizei${totalBytes}e`;
  return message(fields, new Uint8Array(metadataBlockBytes(totalBytes, block)));
}

/** Offers the metadata, and answers each request with what `answer` makes of it. */
function answers(answer: (block: number, totalBytes: number) => Uint8Array) {
  return after(offerRightly, async (connection, totalBytes) => {
    for (;;) await connection.send(answer(await connection.nextMetadataRequest(), totalBytes));
  });
}

async function nameSizes(connection: RawConnection, ...sizes: readonly number[]): Promise<void> {
  await connection.shakeHands();
  for (const size of sizes) {
    // One after the other.
    // oxlint-disable-next-line no-await-in-loop
    await connection.send(handshake(size));
    // oxlint-disable-next-line no-await-in-loop
    await connection.pause(handshakePauseMs);
  }
}

/** Wrong answers to requests for metadata (BEP 9). They need a target without metadata, so the catalogue does not have them. */
export const metadataAnswers: readonly HostilePeer[] = [
  {
    name: "metadata-sizes-out-of-range",
    does: "says that the metadata has -1 bytes, then 2³¹",
    cases: [31],
    misbehave: (connection) => nameSizes(connection, -1, 2 ** 31),
  },
  {
    name: "metadata-size-promised",
    does: "promises metadata of 16 MiB and sends none",
    cases: [31],
    misbehave: (connection) => nameSizes(connection, 16 * 2 ** 20),
  },
  {
    name: "metadata-sizes-changing",
    does: "says another size of the metadata in each handshake, and answers nothing",
    cases: [31],
    misbehave: (connection) => nameSizes(connection, 16_384, 2_000_000),
  },
  {
    name: "metadata-of-zeros",
    does: "sends metadata of the right size with a wrong hash",
    cases: [32],
    misbehave: answers(wrongBlock),
  },
  {
    name: "metadata-of-another-size",
    does: "sends blocks of metadata that has another size than it offered",
    cases: [31],
    misbehave: answers((block, totalBytes) => wrongBlock(block, totalBytes + 16_384)),
  },
  {
    name: "metadata-rejecter",
    does: "offers the metadata and rejects each request",
    cases: [33],
    misbehave: answers((block) => message(`8:msg_typei2e5:piecei${block}e`)),
  },
  {
    name: "metadata-silence",
    does: "offers the metadata and answers no request",
    cases: [33],
    misbehave: after(offerRightly, (connection) => connection.closed),
  },
  {
    name: "metadata-blocks-repeated",
    does: "sends each block of metadata twice",
    cases: [33],
    misbehave: answers((block, totalBytes) => many(2, wrongBlock(block, totalBytes))),
  },
  {
    name: "early-metadata-request-flood",
    does: "requests metadata without end of an engine that has none",
    cases: [33],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(handshake(0));
      await connection.sendForEver(message("8:msg_typei0e5:piecei0e"));
    },
  },
];
