import test from "ava";

import { obeyConnect } from "../../../src/torrent/holepunch/obey-connect.ts";
import { peerScene, port } from "../../support/peer-scene.ts";

/** A torrent with connected relays of the internet, and an open UDP port. */
function scene({ relays: count = 1 } = {}) {
  const made = peerScene({}, { maxPeers: 200 });
  const { engine, job } = made;
  engine.network.udpSockets = [{ family: 4, host: "0.0.0.0", port: 6_881 }];
  for (let place = 0; place < count; place++) {
    const at = { host: `8.0.0.${place + 1}` };
    made.admit(`relay ${place}`, at);
    made.open(`relay ${place}`, place, at);
  }
  const relays = [...job.peers.connected()];
  const [relay] = relays;
  if (relay === undefined) throw new Error("the relay is not connected");
  const obey = (host: string): boolean => obeyConnect(engine, job, relay, { host, port });
  return { ...made, obey, relays };
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

test("case 57: whichever relays order it, in whichever torrents, a host is dialled twice an hour, over all its ports", (t) => {
  const { dials, engine, job, obey, relays, time } = scene({ relays: 5 });
  for (let minute = 0; minute < 59; minute++) {
    for (const relay of relays)
      for (const each of [port, port + minute])
        obeyConnect(engine, job, relay, { host: "8.0.0.9", port: each });
    time.advance(60_000);
    for (const { port: dialled } of dials())
      engine.network.holepunch.dials.take(job.id, "8.0.0.9", dialled);
  }
  t.is(dials().length, 2);
  time.advance(3_600_000);
  t.true(obey("8.0.0.9"));
});

test("case 57: of unasked orders of all relays together 30 a minute are obeyed", (t) => {
  const { dials, engine, job, relays } = scene({ relays: 5 });
  for (let number = 1; number <= 40; number++)
    for (const [place, relay] of relays.entries())
      obeyConnect(engine, job, relay, { host: `8.1.${number}.${place + 1}`, port });
  t.is(dials().length, 30);
});
