import type { Address } from "@troupe/actor-runtime";
import { seqPlus } from "@troupe/protocol/utp";

import type { UtpConnection } from "./utp-connection.ts";

/** Connections by the address of the other side and the id of packets to us. */
export class UtpTable {
  /** In no order; each knows its place. */
  readonly #all: UtpConnection[] = [];
  /** The first of the connections with a key, which lead to each other. */
  readonly #byKey = new Map<number, UtpConnection>();

  get size(): number {
    return this.#all.length;
  }

  /** All connections; the caller may remove the one it looks at, when it begins with the last. */
  get all(): readonly UtpConnection[] {
    return this.#all;
  }

  add(connection: UtpConnection): void {
    connection.place = this.#all.length;
    this.#all.push(connection);
    const key = keyOf(connection.remote.port, connection.ids.receiving);
    connection.nextOfKey = this.#byKey.get(key);
    this.#byKey.set(key, connection);
  }

  remove(connection: UtpConnection): void {
    const last = this.#all.pop();
    if (last === undefined) return;
    if (last !== connection) {
      last.place = connection.place;
      this.#all[connection.place] = last;
    }
    this.#unlink(connection);
  }

  /** @param id Connection id of a packet to us. */
  find(from: Address, id: number): UtpConnection | undefined {
    let connection = this.#byKey.get(keyOf(from.port, id));
    while (connection !== undefined && !isOf(connection, from, id))
      connection = connection.nextOfKey;
    return connection;
  }

  /** @param id The id of a reset: that of packets to us, or of our own packet, which found no connection. */
  findReset(from: Address, id: number): UtpConnection | undefined {
    const receiving = this.find(from, id);
    if (receiving !== undefined) return receiving;
    for (const other of [seqPlus(id, -1), seqPlus(id, 1)]) {
      const sending = this.find(from, other);
      if (sending?.ids.sending === id) return sending;
    }
    return undefined;
  }

  #unlink(connection: UtpConnection): void {
    const key = keyOf(connection.remote.port, connection.ids.receiving);
    const first = this.#byKey.get(key);
    if (first === connection) {
      if (connection.nextOfKey === undefined) this.#byKey.delete(key);
      else this.#byKey.set(key, connection.nextOfKey);
      return;
    }
    for (let before = first; before !== undefined; before = before.nextOfKey) {
      if (before.nextOfKey !== connection) continue;
      before.nextOfKey = connection.nextOfKey;
      return;
    }
  }
}

/** Ports of machines that share an id differ; a key is a small integer, which needs no memory. */
function keyOf(port: number, id: number): number {
  return (Math.imul(port, 0x9e37) ^ id) & 0x3fff_ffff;
}

function isOf({ ids, remote }: UtpConnection, from: Address, id: number): boolean {
  return ids.receiving === id && remote.port === from.port && remote.host === from.host;
}
