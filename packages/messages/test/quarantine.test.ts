import test from "ava";
import { Quarantine, mostQuarantined } from "../src/quarantine.ts";

test("a host of the internet is quarantined with all its ports, for its time", (t) => {
  const quarantine = new Quarantine();
  quarantine.add({ host: "45.10.2.1", port: 6881, forMs: 1_000 }, 500);
  t.true(quarantine.has("45.10.2.1", 40_000, 1_499));
  t.false(quarantine.has("45.10.2.1", 6881, 1_500));
  t.false(quarantine.has("45.10.2.2", 6881, 600));
});

test("a local host is quarantined with one port, because its other ports are other peers", (t) => {
  const quarantine = new Quarantine();
  quarantine.add({ host: "127.0.0.1", port: 6881, forMs: 1_000 }, 0);
  t.true(quarantine.has("127.0.0.1", 6881, 0));
  t.false(quarantine.has("127.0.0.1", 6882, 0));
});

test("a new worker gets the quarantined addresses and their remaining time", (t) => {
  const quarantine = new Quarantine();
  quarantine.add({ host: "45.10.2.1", port: 1, forMs: 1_000 }, 0);
  quarantine.add({ host: "45.10.2.2", port: 2, forMs: 5_000 }, 0);
  t.deepEqual(quarantine.list(2_000), [{ host: "45.10.2.2", port: 2, forMs: 3_000 }]);
});

test("beyond the bound the oldest quarantined address is forgotten", (t) => {
  const quarantine = new Quarantine();
  for (let n = 0; n <= mostQuarantined; n++) {
    quarantine.add({ host: `45.${n >> 8}.${n & 255}.1`, port: 1, forMs: 1_000 }, 0);
  }
  t.false(quarantine.has("45.0.0.1", 1, 0));
  t.true(quarantine.has("45.0.1.1", 1, 0));
  t.is(quarantine.list(0).length, mostQuarantined);
});
