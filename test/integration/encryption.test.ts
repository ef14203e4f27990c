// Encrypted connections between engines of every setting.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import test from "ava";
import type { CoordinatorOptions } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

type Mode = NonNullable<CoordinatorOptions["encryption"]>;

const shape = { pieceLengthBytes: 64 * 1024, files: 4 * 1024 * 1024 };
/** The encryption of a connection, by the setting of the side that dials and of the one that accepts. */
const agreed: readonly (readonly [dials: Mode, accepts: Mode, encryption: string])[] = [
  ["off", "off", "none"],
  ["off", "prefer", "none"],
  ["allow", "allow", "none"],
  ["allow", "require", "rc4"],
  ["prefer", "allow", "handshake"],
  ["prefer", "off", "none"],
  ["prefer", "require", "rc4"],
  ["require", "allow", "rc4"],
  ["require", "require", "rc4"],
];

for (const [dials, accepts, encryption] of agreed) {
  test.serial(`B10: ${dials} dials ${accepts}: ${encryption}`, async (t) => {
    await using swarm = await Swarm.open(shape);
    const seeder = await swarm.seed({
      engine: { host: "inline", encryption: accepts },
      torrent: { useTrackers: false },
    });
    const { port } = seeder.coordinator;
    const { record, folder } = await swarm.join({
      engine: { host: "inline", encryption: dials },
      torrent: { useTrackers: false },
    });
    const kinds = new Set<string>();
    record.torrent.on("peer", (peer) => {
      if (peer.connected) kinds.add(`${peer.transport} ${peer.encryption}`);
    });
    record.torrent.addPeer({ host: "127.0.0.1", port });
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    t.deepEqual([...kinds], [`tcp ${encryption}`]);
  });
}

test.serial(
  "B10: where both sides require it, nothing on the wire tells the protocol or the content",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const encryption = "require";
    const options = {
      torrent: { useTrackers: false },
      engine: { host: "inline", encryption },
    } as const;
    const seeder = await swarm.seed(options);
    await using wire = await Wiretap.open(seeder.coordinator.port);
    const { record, folder } = await swarm.join(options);
    record.torrent.addPeer({ host: "127.0.0.1", port: wire.port });
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    const bytes = wire.bytes;
    t.true(bytes.length > shape.files, `${bytes.length} bytes`);
    t.is(bytes.indexOf("BitTorrent protocol"), -1);
    t.is(bytes.indexOf(Buffer.from(record.torrent.infoHash, "hex")), -1);
    const content = readFileSync(join(folder, swarm.payload.paths[0] ?? ""));
    for (let at = 0; at + 64 <= content.length; at += shape.pieceLengthBytes)
      t.is(bytes.indexOf(content.subarray(at, at + 64)), -1);
  },
);

/** Passes connections on to a port of this machine, and keeps all bytes of both sides. */
class Wiretap implements AsyncDisposable {
  readonly #server: Server;
  readonly #chunks: Buffer[] = [];

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, "127.0.0.1");
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  static async open(target: number): Promise<Wiretap> {
    const wire = new Wiretap(target);
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  #join(from: Socket, to: Socket): void {
    from.on("data", (chunk) => this.#chunks.push(Buffer.from(chunk)));
    from.pipe(to);
    from.on("error", () => to.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }
}
