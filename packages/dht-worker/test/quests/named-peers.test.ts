import test from "ava";
import { nodeIdFrom } from "@troupe/protocol/dht";
import { encodeCompact4, encodeCompact6 } from "@troupe/protocol/tracker";
import { namedPeers } from "../../src/quests/named-peers.ts";

const id = nodeIdFrom(new Uint8Array(20));

test("peers of both families are given, each once", (t) => {
  const peer = { host: "45.1.1.1", port: 6881 };
  const values = encodeCompact4([peer, peer, { host: "45.1.1.1", port: 6882 }]);
  const values6 = encodeCompact6([{ host: "2a00::1", port: 1 }]);
  t.deepEqual(
    namedPeers({ id, values, values6 }, "46.1.1.1", () => true),
    [peer, { host: "45.1.1.1", port: 6882 }, { host: "2a00::1", port: 1 }],
  );
  t.deepEqual(
    namedPeers({ id }, "46.1.1.1", () => true),
    [],
  );
});

test("case 86: peers with port 0, on local addresses and of the IP filter are left out", (t) => {
  const values = encodeCompact4([
    { host: "45.1.1.1", port: 0 },
    { host: "192.168.1.1", port: 6881 },
    { host: "255.255.255.255", port: 6881 },
    { host: "45.66.1.1", port: 6881 },
    { host: "45.2.1.1", port: 6881 },
  ]);
  const admits = ({ host }: { readonly host: string }) => !host.startsWith("45.66.");
  t.deepEqual(namedPeers({ id, values }, "46.1.1.1", admits), [{ host: "45.2.1.1", port: 6881 }]);
  t.deepEqual(
    namedPeers({ id, values }, "192.168.1.9", admits).map(({ host }) => host),
    ["192.168.1.1", "45.2.1.1"],
  );
});
