// The database of an imported state folder.

import { join } from "node:path";
import { nodePorts, type DatabaseEntry, type DiskDatabase } from "@troupe/actor-runtime";
import { encodeRecord, mapTotals, type JobRecord } from "@troupe/messages";
import { carriedRecord, carriedRow, recordName } from "@troupe/file-worker";
import { databaseFile } from "../../state-database.ts";
import type { JobPlace } from "./carried-files.ts";
import { malformed } from "./state-archive.ts";

/** Bytes of rows that a commit takes. */
const batchBytes = 16 * 1024 ** 2;

/** Writes the rows of an export, those of jobs for this machine. */
export class CarriedDatabase implements Disposable {
  /** Jobs with a record. */
  jobs = 0;
  readonly #database: DiskDatabase;
  readonly #sha1 = nodePorts().sha1;
  readonly #placeOf: (record: JobRecord) => Promise<JobPlace>;
  #waiting = new Map<string, Uint8Array>();
  #waitingBytes = 0;

  /** @param folder The state folder. */
  constructor(folder: string, placeOf: (record: JobRecord) => Promise<JobPlace>) {
    this.#database = nodePorts().disk.openDatabase(join(folder, databaseFile));
    this.#placeOf = placeOf;
  }

  /** A row that cannot be read is left out, as a database leaves it out. @throws TroupeError `state-file-malformed` */
  async addRow(path: string, row: DatabaseEntry): Promise<void> {
    const read = carriedRow(row, this.#sha1);
    if (read.kind === "move") throw malformed(path, "it has a move that was cut off");
    if (read.kind === "unreadable") return;
    if (read.kind === "same") {
      this.#put(row);
      return;
    }
    const { record } = read;
    const place = await this.#placeOf(record);
    const value = encodeRecord(carriedRecord(record, place), this.#sha1);
    this.#put({ name: recordName(record.key, place.directory), value });
    this.jobs += 1;
  }

  /** Known sums alone, whole amounts. @throws TroupeError `state-file-malformed` */
  addSums(path: string, bytes: Uint8Array): void {
    const sums = numbersIn(bytes);
    if (sums === undefined) throw malformed(path, "its sums are damaged");
    const known = mapTotals((name) => sums.get(name) ?? 0);
    if (sums.size === 0) return;
    this.#database.add(new Map(Object.entries(known)), { adder: "import", sequence: 1 });
  }

  flush(): void {
    if (this.#waiting.size > 0) this.#database.commit(this.#waiting);
    this.#waiting = new Map();
    this.#waitingBytes = 0;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #put({ name, value }: DatabaseEntry): void {
    this.#waiting.set(name, value);
    this.#waitingBytes += value.length;
    if (this.#waitingBytes > batchBytes) this.flush();
  }
}

function numbersIn(bytes: Uint8Array): ReadonlyMap<string, number> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value);
  const isSound = entries.every(([, amount]) => Number.isSafeInteger(amount) && amount >= 0);
  return isSound ? new Map(entries as [string, number][]) : undefined;
}
