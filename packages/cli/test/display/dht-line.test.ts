import test from "ava";
import { dhtLine } from "../../src/display/dht-line.ts";
import type { TorrentStatus } from "../../src/engine-port.ts";

type Dht = NonNullable<TorrentStatus["dht"]>;

const shows = test.macro({
  exec: (t, fields: Partial<Dht>, text: string) => {
    const dht = { nodes: 312, isAsking: false, nextInSeconds: 723, roundSeconds: 900, ...fields };
    t.deepEqual(dhtLine(dht), { text, colour: "dim" });
  },
  title: (_given, _fields, text) => `the DHT is shown as "${text}"`,
});

test(shows, { peers: 12 }, "DHT: 312 nodes, 12 peers, next in 12m 03s");
test(shows, { nodes: 0, isAsking: true }, "DHT: 0 nodes, being asked");
test(
  shows,
  { peers: 1, nextInSeconds: 0, roundSeconds: 3_000 },
  "DHT: 312 nodes, 1 peer, waiting for its turn, a round takes 50m 00s",
);
