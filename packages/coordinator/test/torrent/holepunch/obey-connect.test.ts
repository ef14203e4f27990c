import test from "ava";

import { obeyConnect } from "../../../src/torrent/holepunch/obey-connect.ts";
import { peerScene, port } from "../../support/peer-scene.ts";

/** A torrent with a connected relay of the internet, and an open UDP port. */
function scene() {
  const made = peerScene({}, { maxPeers: 200 });
  const { engine, job } = made;
  engine.network.udpSockets = [{ family: 4, host: "0.0.0.0", port: 6_881 }];
  made.admit("relay");
  made.open("relay", 0);
  const [relay] = job.peers.connected();
  if (relay === undefined) throw new Error("the relay is not connected");
  return {
    ...made,
    obey: (host: string, at = port) => obeyConnect(engine, job, relay, { host, port: at }),
  };
}

test("case 57: a relay of the internet cannot make us dial an address that is private, of this machine, or none", (t) => {
  const { dials, obey } = scene();
  const hosts = [
    ...["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.1.1", "0.0.0.0"],
    ...["224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1"],
  ];
  for (const host of hosts) t.false(obey(host), host);
  t.deepEqual(dials(), []);
});

test("case 57: an order for another address is obeyed once, over uTP alone", (t) => {
  const { dials, obey } = scene();
  t.true(obey("8.0.0.9"));
  t.false(obey("8.0.0.9"));
  t.like(dials(), [{ host: "8.0.0.9", port, isHolepunch: true, kind: { transport: "utp" } }]);
});

test("case 57: banned addresses and connected peers are not dialled by order", (t) => {
  const { dials, job, obey, time } = scene();
  job.directory.ban("8.0.0.7", port, time.nowMs());
  t.false(obey("8.0.0.7"));
  t.false(obey("8.0.0.1"));
  t.deepEqual(dials(), []);
});

test("case 57: of a relay's unasked orders 30 a minute are obeyed", (t) => {
  const { dials, obey, time } = scene();
  for (let number = 1; number <= 40; number++) obey(`8.1.${number}.1`);
  t.is(dials().length, 30);
  time.advance(60_000);
  t.true(obey("8.2.0.1"));
});

test("case 57: a relay has a host dialled twice an hour, whatever ports it names: at most 120 bytes of SYNs", (t) => {
  const { dials, obey, time } = scene();
  for (let minute = 0; minute < 59; minute++) {
    for (let number = 0; number < 40; number++) obey("8.0.0.9", 1_000 + 50 * minute + number);
    time.advance(60_000);
  }
  t.is(dials().length, 2);
  t.true(dials().every(({ timeoutMs }) => timeoutMs === 7_000));
});
