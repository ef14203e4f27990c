// Misuses of the exchange of metadata (BEP 9).

import { extended, many } from "../frames.ts";
import { floods, sends, type HostilePeer } from "../hostile-peer.ts";
import type { RawConnection } from "../raw-connection.ts";

/** Our id of `ut_metadata`, which our handshake names. */
const metadataId = 1;

function message(fields: string, block: Uint8Array = new Uint8Array(0)): Uint8Array {
  return extended(metadataId, Buffer.concat([Buffer.from(`d${fields}e`), block]));
}

async function offer(connection: RawConnection): Promise<void> {
  await connection.shakeHands();
  await connection.send(extended(0, "d1:md11:ut_metadatai3eee"));
}

/** Misuses of requests for metadata (BEP 9). */
export const metadata: readonly HostilePeer[] = [
  {
    name: "metadata-request-flood",
    does: "requests the same block of the metadata without end",
    cases: [33],
    misbehave: floods(offer, () => many(128, message("8:msg_typei0e5:piecei0e"))),
  },
  {
    name: "metadata-requests-in-vain",
    does: "requests blocks behind the end of the metadata",
    cases: [33],
    misbehave: floods(offer, () => many(128, message("8:msg_typei0e5:piecei1000e"))),
  },
  {
    name: "unrequested-metadata",
    does: "sends blocks of metadata that were not requested",
    cases: [33],
    misbehave: floods(offer, () =>
      message("8:msg_typei1e5:piecei0e10:total_sizei16384e", new Uint8Array(16_384)),
    ),
  },
  {
    name: "metadata-reject-storm",
    does: "rejects requests for metadata that it has not got",
    cases: [33],
    misbehave: floods(offer, () => many(128, message("8:msg_typei2e5:piecei0e"))),
  },
  {
    name: "metadata-block-of-wrong-length",
    does: "sends a block of metadata that is longer than its place",
    cases: [33],
    misbehave: sends(offer, () =>
      message("8:msg_typei1e5:piecei1e10:total_sizei16484e", new Uint8Array(16_384)),
    ),
  },
  {
    name: "metadata-message-of-30-kib",
    does: "sends a message about metadata that is longer than a block and its fields",
    cases: [33],
    misbehave: sends(offer, () => message("8:msg_typei0e5:piecei0e", new Uint8Array(30_000))),
  },
];
