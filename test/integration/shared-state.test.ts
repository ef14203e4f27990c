// Commands and two libraries share a state folder for rounds of downloads, and change bans all the time. In each round one
// of them is killed when what it has moved is saved, in the middle of its changes of bans, and started again. The gate kills
// one command and one library; the long lanes have two commands, and `pnpm test:shared-state` does so for ten minutes.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { isLong } from "../support/lanes.ts";
import { Command } from "../support/programs/command.ts";
import { startProgram } from "../support/programs/program.ts";
import { bansAfter, changeBans, type BanChange } from "../support/swarm/ban-changes.ts";
import { quietWords } from "../support/swarm/quiet.ts";
import { Relay } from "../support/swarm/relay.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const isLongest = process.env["TROUPE_SHARED_STATE"] === "long";
const leastMs = isLongest ? 600_000 : 0;
/** Programs beside the library of this process: a command, the other library, and a second command. */
const programs = isLong || isLongest ? 3 : 2;
/** Bytes that each download gets in a round, messages included. */
const roundBytes = 256 * 1024;
/** Changes of bans in a second. */
const changesAtOnce = 10;
/** Share of payload in the bytes of a seed, and bytes of a block with the messages before it. */
const payloadShare = 0.998;
const wholeBlockBytes = 17_000;
const shape = { pieceLengthBytes: 32 * 1024, files: (isLongest ? 64 : 2) << 20 };
const library = new URL("fixtures/shared-state-library.ts", import.meta.url);

/** A process from its start to its end. */
interface Life {
  /** Payload that the process reports as received. */
  downloadedBytes(): number;
  /** Ends the process by SIGKILL. */
  kill(): Promise<void>;
  /** Ends the process in order, when it has downloaded all. */
  end(): Promise<void>;
  readonly changes?: readonly BanChange[];
}

/** A program that is started again after each end, and downloads through a door. */
class Member {
  readonly door: Relay;
  readonly #begin: (number: number) => Promise<Life>;
  readonly #lives: Life[] = [];
  /** Bytes that had passed the door when the present process began. */
  #passedBefore = 0;

  constructor(door: Relay, begin: (number: number) => Promise<Life>) {
    this.door = door;
    this.#begin = begin;
  }

  get lives(): readonly Life[] {
    return this.#lives;
  }

  /** Whether the present process reports all payload that it was given, except a block that is not whole. */
  get saysAll(): boolean {
    const givenBytes = this.door.passedBytes - this.#passedBefore;
    const saidBytes = this.#lives.at(-1)?.downloadedBytes() ?? 0;
    return saidBytes >= payloadShare * givenBytes - wholeBlockBytes;
  }

  async begin(number: number): Promise<void> {
    this.#passedBefore = this.door.passedBytes;
    this.#lives.push(await this.#begin(number));
  }

  async kill(): Promise<void> {
    await this.#lives.at(-1)?.kill();
  }

  async end(): Promise<void> {
    await this.#lives.at(-1)?.end();
  }
}

interface Place {
  readonly state: string;
  readonly folder: string;
  readonly torrent: string;
  readonly port: number;
}

function beginCommand({ state, folder, torrent, port }: Place): Life {
  const words = [torrent, "--dir", folder, "--state-dir", state, "--peer", `127.0.0.1:${port}`];
  const command = new Command([...words, "--port", "0", "--no-trackers", "--json", ...quietWords]);
  return {
    downloadedBytes: () => Number(command.latest("progress")?.["downloadedBytes"] ?? 0),
    kill: async () => {
      command.signal("SIGKILL");
      await command.ended;
    },
    end: async () => void (await command.ended),
  };
}

async function beginLibrary(
  { state, folder, torrent, port }: Place,
  number: number,
): Promise<Life> {
  const program = await startProgram(library, [
    ...[state, folder, torrent],
    ...[String(port), String(number)],
  ]);
  const changes: BanChange[] = [];
  let downloadedBytes = 0;
  const heard = program.lineWhere("its end", (line) => {
    const said = JSON.parse(line) as BanChange | { readonly downloadedBytes: number };
    if ("downloadedBytes" in said) ({ downloadedBytes } = said);
    else changes.push(said);
    return undefined;
  });
  heard.catch(() => {});
  return {
    changes,
    downloadedBytes: () => downloadedBytes,
    kill: async () => {
      program.killSession();
      await program.exited;
    },
    end: async () => {
      program.say("end");
      await program.exited;
    },
  };
}

test("L05, I06: totals and bans of commands and libraries on a state folder are exact, although they are killed", async (t) => {
  await using swarm = await Swarm.open(shape);
  const state = swarm.folder("state").path;
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const seeder = await swarm.pacedSeeder();
  const openDoor = async (): Promise<Relay> =>
    swarm.use(await Relay.open({ target: seeder, gated: "target" }));
  const placeAt = (door: Relay): Place => ({
    ...{ state, torrent, port: door.port },
    folder: swarm.folder("member").path,
  });

  const [ownDoor, ...doors] = await Promise.all(Array.from({ length: 1 + programs }, openDoor));
  if (ownDoor === undefined) throw new Error("no door");
  const own = await swarm.join({
    engine: { stateDirectory: state },
    torrent: { useTrackers: false, peers: [{ host: "127.0.0.1", port: ownDoor.port }] },
  });
  const ownChanges: BanChange[] = [];
  let [isOver, looks] = [false, 0];
  const nextSecond = async (): Promise<void> => {
    const { seconds } = own.record;
    await own.record.until("the next second", () => isOver || own.record.seconds > seconds);
  };
  const ownBans = changeBans(
    own.coordinator,
    0,
    (change) => void ownChanges.push(change),
    async () => {
      if (++looks % changesAtOnce === 0) await nextSecond();
      return !isOver;
    },
  );
  const members = doors.map((door, index) => {
    const place = placeAt(door);
    return new Member(door, async (number) =>
      index === 1 ? await beginLibrary(place, number) : beginCommand(place),
    );
  });
  let lives = 0;
  for (const member of members) await member.begin(++lives);

  const theirs = (): readonly Life[] => members.flatMap((member) => member.lives);
  const isSaved = async (): Promise<boolean> => {
    if (!members.every((member) => member.saysAll)) return false;
    const { session, overall } = await own.coordinator.totals();
    const sum = theirs().reduce((bytes, life) => bytes + life.downloadedBytes(), 0);
    return overall?.downloadedBytes === session.downloadedBytes + sum;
  };
  const begunAt = Date.now();
  let rounds = 0;
  for (; rounds < programs || Date.now() - begunAt < leastMs; rounds++) {
    const allDoors = [ownDoor, ...doors];
    for (const door of allDoors) door.allow((rounds + 1) * roundBytes);
    await Promise.all(allDoors.map((door) => door.whenUsedUp()));
    // Totals are read from the database: once a second is enough.
    while (!(await isSaved())) await nextSecond();
    const victim = members[rounds % members.length];
    await victim?.kill();
    await victim?.begin(++lives);
  }
  t.log(`${rounds} rounds, ${lives} processes`);

  isOver = true;
  for (const door of [ownDoor, ...doors]) door.allow(Infinity);
  await Promise.all([
    ownBans,
    own.record.torrent.completed,
    ...members.map((member) => member.end()),
  ]);
  const { session } = await own.coordinator.totals();
  await own.coordinator.close();

  await using later = await startEngine({ stateDirectory: state });
  const { overall } = await later.totals();
  const sum = theirs().reduce((bytes, life) => bytes + life.downloadedBytes(), 0);
  t.true(sum > rounds * roundBytes);
  t.is(overall?.downloadedBytes, session.downloadedBytes + sum);
  t.is(overall?.sessions, lives + 1);
  const found = (await later.bans()).map(({ address }) => address);
  const { sure, unsure } = bansAfter([
    ...ownChanges,
    ...theirs().flatMap(({ changes }) => changes ?? []),
  ]);
  t.log(`${sure.size} bans, ${unsure.size} of them cut off by a kill`);
  t.true(sure.size > 10);
  t.deepEqual(found.filter((address) => !unsure.has(address)).toSorted(), [...sure].toSorted());
});
