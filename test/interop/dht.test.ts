// One DHT of five clients, on machines of a network of their own.

import test from "ava";
import { addressKey } from "@troupe/protocol/address";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { DhtNetwork } from "../support/dht/dht-network.ts";
import { familiesOf, type DhtKind, type DhtNode } from "../support/dht/dht-node.ts";
import { dhtAddress } from "../support/dht/dht-place.ts";
import { newMutableName, targetOf } from "../support/dht/items.ts";
import { ScriptedNode, type ScriptedKind } from "../support/dht/scripted-node.ts";
import { TrackerlessTorrent } from "../support/dht/trackerless-torrent.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import type { NetworkClient } from "../support/network.ts";

const clients = ["Troupe", "bittorrent-dht", "libtorrent", "aria2", "Transmission"] as const;

/** Kinds of the nodes. The first three are those that the others ask first. */
const kinds: readonly DhtKind[] = [
  ...(["bittorrent-dht", "libtorrent", "Troupe", "aria2", "Transmission"] as const),
  ...(["libtorrent", "Troupe", "aria2", "Transmission"] as const),
  ...(["bittorrent-dht", "libtorrent", "Troupe", "aria2", "Transmission"] as const),
];

/** A machine for each seeder, and one for each download. */
const freeMachineCount = 6;

let network: DhtNetwork;

test.before(async () => {
  network = await DhtNetwork.start(kinds, freeMachineCount);
});

test.after.always(async () => {
  await network[Symbol.asyncDispose]();
});

test.serial(
  "each client finds the peers that all clients announced in the DHT, over IPv4 and IPv6",
  async (t) => {
    const announcers = clients.map((kind) => nodeOf(kind));
    const findAll = async (kind: DhtKind): Promise<number> => {
      const finder = nodeOf(kind, -1);
      const finds = announcers.flatMap((announcer) =>
        familiesOf(kind)
          .filter((family) => familiesOf(announcer.kind).includes(family))
          .map((family) => finder.finds(announcer, family)),
      );
      return (await Promise.all(finds)).length;
    };
    const libraries = ["Troupe", "bittorrent-dht", "libtorrent"] as const;
    t.deepEqual(await Promise.all(libraries.map(findAll)), [9, 5, 9]);
    // Transmission looks for peers once in 25 minutes: only now are all of them announced.
    t.deepEqual(await Promise.all((["aria2", "Transmission"] as const).map(findAll)), [9, 9]);
  },
);

const itemsPass = test.macro<[from: ScriptedKind, to: ScriptedKind]>({
  title: (_, from, to) =>
    `${to} finds the items that ${from} stores: immutable, mutable and salted`,
  async exec(t, from, to) {
    const [owner, reader] = [scripted(from), scripted(to)];
    const text = `by ${from} for ${to}`;
    const [plain, salted] = [newMutableName(""), newMutableName("salt")];
    // Side by side: libtorrent needs 16 s for an item, because aria2 does not answer `get`.
    const stored = await Promise.all([
      owner.put(text),
      owner.putMutable(plain, text, 1),
      owner.putMutable(salted, text, 1),
    ]);
    t.true(stored.every((nodes) => nodes > 0));
    t.is(await reader.get(targetOf(text)), text);
    t.is(await reader.getMutable(plain, 1), text);
    t.is(await reader.getMutable(salted, 1), text);
    t.true((await owner.putMutable(salted, `${text}, replaced`, 2)) > 0);
    t.is(await reader.getMutable(salted, 2), `${text}, replaced`);
  },
});

for (const other of ["bittorrent-dht", "libtorrent"] as const) {
  test(itemsPass, "Troupe", other);
  test(itemsPass, other, "Troupe");
}

const arrives = test.macro<[client: "libtorrent" | "aria2" | "Transmission"]>({
  title: (_, client) => `a .torrent with nodes and a bare magnet link arrive from ${client}`,
  async exec(t, client) {
    const [known, finder] = [nodeOf("libtorrent"), nodeOf("Troupe", -1)];
    const node = dhtAddress(known.machine, 4);
    using torrent = new TrackerlessTorrent(client, [node]);
    const [seederMachine, machine] = [freeMachine(), freeMachine()];
    await using _seeder = await torrent.seedBy(client, seederMachine, network.addresses);
    // Ours looks for peers when it starts, and then once in 15 minutes.
    await finder.finds({ infoHash: torrent.infoHash, machine: seederMachine }, 4);
    const byLink = { torrent: torrent.magnet, dhtNodes: [addressKey(node.host, node.port)] };
    for (const form of [{ torrent: torrent.path, dhtNodes: [] }, byLink]) {
      using target = temporaryFolder("dht-target");
      await using download = await Troupe.download({
        ...form,
        folder: target.path,
        within: machine.within,
      });
      await download.finished();
      await assertSameFiles(t, torrent.payload, target.path);
    }
  },
});

for (const client of ["libtorrent", "aria2", "Transmission"] as const) test(arrives, client);

/** A node of a kind: the first one, or the last one for −1. */
function nodeOf(kind: DhtKind, at: 0 | -1 = 0): DhtNode {
  const node = network.nodes.filter((node) => node.kind === kind).at(at);
  if (node === undefined) throw new Error(`bug: the network has no ${kind}`);
  return node;
}

let freeMachinesTaken = 0;

function freeMachine(): NetworkClient {
  const machine = network.freeMachines[freeMachinesTaken++];
  if (machine === undefined) throw new Error("bug: the network has too few machines");
  return machine;
}

function scripted(kind: ScriptedKind): ScriptedNode {
  const node = nodeOf(kind, -1);
  if (!(node instanceof ScriptedNode)) throw new Error(`bug: ${kind} is not driven by lines`);
  return node;
}
