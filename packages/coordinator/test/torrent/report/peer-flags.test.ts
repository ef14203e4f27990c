import test from "ava";
import type { ExecutionContext } from "ava";
import { peerFlags, type FlaggedPeer } from "../../../src/torrent/report/peer-flags.ts";

/** A peer that sends us 1 MB a second, and wants nothing. */
const sender: FlaggedPeer = {
  host: "192.0.2.7",
  port: 6881,
  isIncoming: false,
  sources: ["tracker-internet"],
  client: "libtorrent 2.0.8",
  haveShare: 1,
  downloadedBytes: 0,
  uploadedBytes: 0,
  downBytesPerSecond: 1e6,
  upBytesPerSecond: 0,
  amInterested: true,
  isPeerInterested: false,
  amChokedByPeer: false,
  isPeerChoked: true,
  isSnubbed: false,
  isOptimistic: false,
  hasFast: true,
  transport: "tcp",
  encryption: "none",
  isUploadOnly: true,
  requestsOut: 12,
  requestsIn: 0,
  roundTripMs: 34,
  blockTimeMs: 34,
};

const flagged = test.macro({
  exec: (t: ExecutionContext, fields: Partial<FlaggedPeer>, flags: string) => {
    t.is(peerFlags({ ...sender, ...fields }), flags);
  },
  title: (given = "", _fields, flags) => `AE22: ${given} has the flags ${flags}`,
});

test("a peer that sends", flagged, {}, "D");
test("a peer that chokes us", flagged, { amChokedByPeer: true }, "d");
test("a peer that unchokes us and sends nothing", flagged, { downBytesPerSecond: 0 }, "d");
test("a peer that unchokes us without our interest", flagged, { amInterested: false }, "K");
test("a peer that we send to", flagged, { isPeerInterested: true, isPeerChoked: false }, "DU");
test(
  "a peer with an optimistic slot",
  flagged,
  { isPeerInterested: true, isPeerChoked: false, isOptimistic: true },
  "DUO",
);
test("an interested peer that we choke", flagged, { isPeerInterested: true }, "Du");
test("an unchoked peer that is not interested", flagged, { isPeerChoked: false }, "D?");
test(
  "an incoming, snubbed peer",
  flagged,
  { isIncoming: true, isSnubbed: true, downBytesPerSecond: 0 },
  "dSI",
);
test("a peer that peers have named", flagged, { sources: ["tracker-local", "pex-local"] }, "DX");
test(
  "a peer that peers and local discovery have named",
  flagged,
  { sources: ["pex-internet", "local-discovery"] },
  "DXL",
);
test("a peer that the DHT has named", flagged, { sources: ["dht-internet"] }, "DH");
