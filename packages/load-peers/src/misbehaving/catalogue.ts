// Every misbehaving peer, in the order in which a connection would get to its misdeed.

import { blocks } from "./behaviours/blocks.ts";
import { brokenFrames } from "./behaviours/broken-frames.ts";
import { extendedHandshakes } from "./behaviours/extended-handshakes.ts";
import { fast } from "./behaviours/fast.ts";
import { hashAnswers } from "./behaviours/hash-answers.ts";
import { hashRequests } from "./behaviours/hash-requests.ts";
import { handshakes } from "./behaviours/handshakes.ts";
import { metadata } from "./behaviours/metadata.ts";
import { peerExchange } from "./behaviours/peer-exchange.ts";
import { pieceClaims } from "./behaviours/piece-claims.ts";
import { reconnections } from "./behaviours/reconnections.ts";
import { requests } from "./behaviours/requests.ts";
import { states } from "./behaviours/states.ts";
import { unknownMessages } from "./behaviours/unknown-messages.ts";
import type { HostilePeer } from "./hostile-peer.ts";

/** Behaviours of misbehaving peers; a name occurs once. */
export const catalogue: readonly HostilePeer[] = [
  ...handshakes,
  ...brokenFrames,
  ...pieceClaims,
  ...requests,
  ...blocks,
  ...states,
  ...fast,
  ...extendedHandshakes,
  ...metadata,
  ...peerExchange,
  ...hashRequests,
  ...hashAnswers,
  ...unknownMessages,
  ...reconnections,
];
