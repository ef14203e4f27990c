import test from "ava";
import { HashFaults } from "../../../src/torrent/hashes/hash-faults.ts";

test("faults count by internet address, whatever the port, and by port in the local network", (t) => {
  const faults = new HashFaults();
  t.is(faults.count({ host: "8.8.8.8", port: 1 }), 1);
  t.is(faults.count({ host: "8.8.8.8", port: 2 }), 2);
  t.is(faults.count({ host: "127.0.0.1", port: 1 }), 1);
  t.is(faults.count({ host: "127.0.0.1", port: 2 }), 1);
  t.is(faults.count({ host: "127.0.0.1", port: 1 }), 2);
});

test("a thousand addresses are remembered; the oldest goes first", (t) => {
  const faults = new HashFaults();
  const host = (place: number): string => `8.1.${place >> 8}.${place & 255}`;
  for (let place = 0; place <= 1_000; place++) faults.count({ host: host(place), port: 1 });
  t.is(faults.count({ host: host(0), port: 1 }), 1);
  t.is(faults.count({ host: host(2), port: 1 }), 2);
});
