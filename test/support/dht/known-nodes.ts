import type { EventRecord } from "../swarm/event-record.ts";

/** Nodes in the table of the engine's DHT node. */
export async function knownNodes({ torrent }: EventRecord): Promise<number> {
  return (await torrent.status()).dht?.nodes ?? 0;
}

/** Settles when the table has this many nodes. Looks once a second. */
export async function untilNodes(record: EventRecord, count: number): Promise<void> {
  // In sequence: a look a second. oxlint-disable-next-line no-await-in-loop
  while ((await knownNodes(record)) < count) {
    const { seconds } = record;
    // oxlint-disable-next-line no-await-in-loop
    await record.until(`${count} DHT nodes`, () => record.seconds > seconds);
  }
}
