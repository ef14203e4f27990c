// Every misbehaving peer, in the order in which a connection would get to its misdeed.

import { absurdRequestQueue } from "./behaviours/absurd-request-queue.ts";
import { badData } from "./behaviours/bad-data.ts";
import { bitfieldFlood } from "./behaviours/bitfield-flood.ts";
import { bitfieldSpareBits } from "./behaviours/bitfield-spare-bits.ts";
import { bitfieldTooLong } from "./behaviours/bitfield-too-long.ts";
import { bitfieldTooShort } from "./behaviours/bitfield-too-short.ts";
import { blockHolder } from "./behaviours/block-holder.ts";
import { blockTrickler } from "./behaviours/block-trickler.ts";
import { cancelStorm } from "./behaviours/cancel-storm.ts";
import { chokeFlapping } from "./behaviours/choke-flapping.ts";
import { chokedRequests } from "./behaviours/choked-requests.ts";
import { connectStorm } from "./behaviours/connect-storm.ts";
import { earlyRequestFlood } from "./behaviours/early-request-flood.ts";
import { extendedHandshake10000Names } from "./behaviours/extended-handshake-10000-names.ts";
import { extendedHandshakeBroken } from "./behaviours/extended-handshake-broken.ts";
import { extendedHandshakeCrowded } from "./behaviours/extended-handshake-crowded.ts";
import { extendedHandshakeFlood } from "./behaviours/extended-handshake-flood.ts";
import { extendedHandshakeOf1Mib } from "./behaviours/extended-handshake-of-1-mib.ts";
import { halfCloser } from "./behaviours/half-closer.ts";
import { halfFrame } from "./behaviours/half-frame.ts";
import { halfHandshake } from "./behaviours/half-handshake.ts";
import { halfLength } from "./behaviours/half-length.ts";
import { haveFlood } from "./behaviours/have-flood.ts";
import { haveOutOfRange } from "./behaviours/have-out-of-range.ts";
import { hitAndRun } from "./behaviours/hit-and-run.ts";
import { httpRequest } from "./behaviours/http-request.ts";
import { interestFlapping } from "./behaviours/interest-flapping.ts";
import { keepAliveFlood } from "./behaviours/keep-alive-flood.ts";
import { lengthNotFitting } from "./behaviours/length-not-fitting.ts";
import { lengthOf2Gib } from "./behaviours/length-of-2-gib.ts";
import { lengthOf4Gib } from "./behaviours/length-of-4-gib.ts";
import { longBlocks } from "./behaviours/long-blocks.ts";
import { midBlockReset } from "./behaviours/mid-block-reset.ts";
import { negativeHave } from "./behaviours/negative-have.ts";
import { negativeRequest } from "./behaviours/negative-request.ts";
import { noise } from "./behaviours/noise.ts";
import { otherTorrentWhenDialled } from "./behaviours/other-torrent-when-dialled.ts";
import { overlappingBlocks } from "./behaviours/overlapping-blocks.ts";
import { ownPeerId } from "./behaviours/own-peer-id.ts";
import { requestCancelStorm } from "./behaviours/request-cancel-storm.ts";
import { requestFlood } from "./behaviours/request-flood.ts";
import { requestHoarder } from "./behaviours/request-hoarder.ts";
import { requestOfNothing } from "./behaviours/request-of-nothing.ts";
import { requestOutsidePiece } from "./behaviours/request-outside-piece.ts";
import { requestOver128Kib } from "./behaviours/request-over-128-kib.ts";
import { requestOver16Kib } from "./behaviours/request-over-16-kib.ts";
import { sameBlockTwice } from "./behaviours/same-block-twice.ts";
import { sameIdCrowd } from "./behaviours/same-id-crowd.ts";
import { shiftedBlocks } from "./behaviours/shifted-blocks.ts";
import { shortBlocks } from "./behaviours/short-blocks.ts";
import { silent } from "./behaviours/silent.ts";
import { silentWhenDialled } from "./behaviours/silent-when-dialled.ts";
import { slowHandshake } from "./behaviours/slow-handshake.ts";
import { slowReader } from "./behaviours/slow-reader.ts";
import { tinyExtendedMessages } from "./behaviours/tiny-extended-messages.ts";
import { tinyUnknownMessages } from "./behaviours/tiny-unknown-messages.ts";
import { tinyUnrequestedBlocks } from "./behaviours/tiny-unrequested-blocks.ts";
import { tlsHello } from "./behaviours/tls-hello.ts";
import { unknownExtendedMessages } from "./behaviours/unknown-extended-messages.ts";
import { unknownInfoHash } from "./behaviours/unknown-info-hash.ts";
import { unknownMessages } from "./behaviours/unknown-messages.ts";
import { unrequestedBlocks } from "./behaviours/unrequested-blocks.ts";
import { wrongProtocolString } from "./behaviours/wrong-protocol-string.ts";
import type { HostilePeer } from "./hostile-peer.ts";

export const catalogue: readonly HostilePeer[] = [
  wrongProtocolString,
  httpRequest,
  tlsHello,
  noise,
  unknownInfoHash,
  ownPeerId,
  silent,
  slowHandshake,
  halfHandshake,
  silentWhenDialled,
  otherTorrentWhenDialled,
  halfFrame,
  halfLength,
  lengthOf2Gib,
  lengthOf4Gib,
  lengthNotFitting,
  bitfieldTooShort,
  bitfieldTooLong,
  bitfieldSpareBits,
  bitfieldFlood,
  haveOutOfRange,
  negativeHave,
  haveFlood,
  requestOutsidePiece,
  requestOfNothing,
  requestOver16Kib,
  requestOver128Kib,
  negativeRequest,
  requestFlood,
  requestHoarder,
  chokedRequests,
  earlyRequestFlood,
  cancelStorm,
  requestCancelStorm,
  unrequestedBlocks,
  tinyUnrequestedBlocks,
  sameBlockTwice,
  shiftedBlocks,
  shortBlocks,
  longBlocks,
  overlappingBlocks,
  badData,
  blockHolder,
  blockTrickler,
  midBlockReset,
  halfCloser,
  chokeFlapping,
  interestFlapping,
  slowReader,
  extendedHandshakeOf1Mib,
  extendedHandshake10000Names,
  extendedHandshakeCrowded,
  extendedHandshakeBroken,
  extendedHandshakeFlood,
  absurdRequestQueue,
  unknownMessages,
  tinyUnknownMessages,
  unknownExtendedMessages,
  tinyExtendedMessages,
  keepAliveFlood,
  sameIdCrowd,
  connectStorm,
  hitAndRun,
];
