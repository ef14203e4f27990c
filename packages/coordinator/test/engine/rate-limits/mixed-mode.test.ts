import test from "ava";
import { tcpRateBeside } from "../../../src/engine/rate-limits/mixed-mode.ts";

const mix = { tcpPeers: 3, utpPeers: 1, bytesPerSecond: 4_000_000, heldBackPeers: 1 };

test("TCP gets its part of all uploads by the number of peers while uTP waits for the line", (t) => {
  t.is(tcpRateBeside(mix, undefined), 3_000_000);
  t.is(tcpRateBeside({ ...mix, utpPeers: 0, heldBackPeers: 3 }, undefined), 2_000_000);
});

test("without a peer over uTP that waits, and without one over TCP, there is no limit", (t) => {
  t.is(tcpRateBeside({ ...mix, heldBackPeers: 0 }, 3_000_000), undefined);
  t.is(tcpRateBeside({ ...mix, tcpPeers: 0 }, 3_000_000), undefined);
});

test("TCP has 50,000 bytes a second at least", (t) => {
  t.is(tcpRateBeside({ ...mix, bytesPerSecond: 10_000 }, undefined), 50_000);
});

test("a rate that differs by less than a tenth stays", (t) => {
  t.is(tcpRateBeside({ ...mix, bytesPerSecond: 4_300_000 }, 3_000_000), 3_000_000);
  t.is(tcpRateBeside({ ...mix, bytesPerSecond: 4_400_000 }, 3_000_000), 3_300_000);
});
