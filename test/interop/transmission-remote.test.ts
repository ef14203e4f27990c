// Every option of transmission-remote 3.00: its effect is read back by a second call, or its name is on the list of what
// Troupe lacks (docs/service-transmission.md).

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import {
  argumentErrors,
  fixedSettings,
  methodErrors,
  sessionConstants,
} from "../../packages/service/src/transmission/constants.ts";
import { startCountingTracker } from "../support/clients/counting-tracker.ts";
import { RemoteControl } from "../support/clients/remote-control.ts";
import { remoteOptions } from "../support/clients/transmission-remote.ts";
import {
  actions,
  globalEffects,
  lacks,
  ownOptions,
  prints,
  sessionEffects,
  si,
  ti,
  torrentEffects,
  type EffectRow,
} from "../support/clients/transmission-remote-options.ts";
import { helloBytes, Relay } from "../support/swarm/relay.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { until } from "../support/time/until.ts";

/** Options whose name is on the list of what Troupe lacks, at most. */
const mostLacking = 15;

/** Each option has the effect that the second call shows. */
async function showEffects(
  t: ExecutionContext,
  controlled: RemoteControl,
  rows: readonly EffectRow[],
  before = "",
): Promise<void> {
  for (const { words, read, shows } of rows) {
    await controlled.call(`${before} ${words}`.trim());
    t.regex(await controlled.read(read), shows, words);
  }
}

test.serial(
  "G07: each option of transmission-remote has its row, and few are lacking",
  async (t) => {
    const options = await remoteOptions();
    t.is(options.length, 87);
    const rows = [...sessionEffects, ...torrentEffects, ...prints, ...lacks];
    const known = new Set([...rows.map(({ option }) => option), ...actions, ...ownOptions]);
    t.deepEqual([...known].toSorted(), options.toSorted());
    const listed: readonly { readonly name: string }[] = [
      ...sessionConstants,
      ...fixedSettings,
      ...Object.values(methodErrors),
      ...Object.values(argumentErrors),
    ];
    const names = new Set(listed.map(({ name }) => name));
    t.deepEqual(
      lacks.filter(({ lack }) => !names.has(lack)),
      [],
    );
    t.true(lacks.length <= mostLacking, `${lacks.length}`);
  },
);

test.serial("settings of the session are read back", async (t) => {
  await using controlled = await RemoteControl.open();
  await showEffects(t, controlled, [...sessionEffects, ...globalEffects]);
});

test.serial("settings of a torrent are read back", async (t) => {
  await using controlled = await RemoteControl.open(["http://one.example/announce"]);
  await controlled.call("-a FILE");
  await controlled.call("-t 1 --stop");
  await showEffects(t, controlled, torrentEffects, "-t 1");
});

test.serial("what is asked for is printed", async (t) => {
  await using tracker = await startCountingTracker();
  await using controlled = await RemoteControl.open([tracker.url]);
  await controlled.call("-a FILE");
  for (const { words, shows } of prints) t.regex(await controlled.call(words), shows, words);
});

test.serial(
  "options on the list of what is lacking are refused with a sentence, and change nothing",
  async (t) => {
    await using controlled = await RemoteControl.open();
    await controlled.call("-a FILE");
    const before = [await controlled.call(si), await controlled.call("-t 1 -if")];
    for (const { words } of lacks) {
      const { status, text } = await controlled.run(words);
      t.is(status, 1, words);
      t.regex(text, /^Error: .*(?:cannot|Couldn't|hold for all)/, words);
    }
    t.deepEqual([await controlled.call(si), await controlled.call("-t 1 -if")], before);
  },
);

test.serial(
  "--blocklist-update is refused with a sentence where the settings name no IP filter",
  async (t) => {
    await using controlled = await RemoteControl.open();
    const { status, text } = await controlled.run("--blocklist-update");
    t.is(status, 1);
    t.regex(text, /Couldn't fetch blocklist: the settings of this service name no IP filter/);
  },
);

test.serial("--exit needs the right of this machine's user", async (t) => {
  await using controlled = await RemoteControl.open();
  const { status, text } = await controlled.run("--exit");
  t.is(status, 1);
  t.regex(text, /local/);
  t.regex(await controlled.call("-l"), /Sum:/);
});

test.serial(
  "--add, --torrent, --stop, --start and --verify: a torrent is added, rests, runs and is checked",
  async (t) => {
    await using controlled = await RemoteControl.open();
    t.regex(await controlled.call("--add FILE --download-dir DATA"), /success/);
    t.regex(await controlled.call("--list"), /^ +1 +0% .* payload$/m);
    await controlled.call("--torrent 1 --stop");
    t.regex(await controlled.call(ti), /State: Stopped/);
    controlled.placeData();
    await controlled.call("--torrent 1 --start");
    await controlled.until(ti, /Percent Done: 100%/);
    writeFileSync(join(controlled.data, "payload/b.bin"), Buffer.alloc(20_000));
    await controlled.call("--torrent 1 --verify");
    await controlled.until("-t 1 -f", /1: +(?:\d|[1-8]\d)% .*b\.bin/);
  },
);

test.serial("--torrent names all torrents, those that were active, some, or a hash", async (t) => {
  await using controlled = await RemoteControl.open();
  await controlled.call("--add FILE");
  await controlled.call(`--add magnet:?xt=urn:btih:${"ab".repeat(20)}&dn=other`);
  t.regex(await controlled.call("--torrent all --info"), /Name: payload[^]*Name: other/);
  t.regex(await controlled.call("--torrent active --info"), /Name: payload[^]*Name: other/);
  t.regex(await controlled.call("--torrent 1-2 --info"), /Name: payload[^]*Name: other/);
  t.notRegex(await controlled.call(`--torrent ${"ab".repeat(20)} --info`), /Name: payload/);
});

test.serial(
  "--move moves the data, --remove leaves it, and --remove-and-delete deletes it",
  async (t) => {
    await using controlled = await RemoteControl.open();
    controlled.placeData();
    await controlled.call("-a FILE");
    await controlled.until(ti, /Percent Done: 100%/);
    await controlled.call("-t 1 --move DATA/moved");
    await controlled.until(ti, /Location: .*\/data\/moved$/m);
    const moved = join(controlled.data, "moved/payload/a.bin");
    t.true(existsSync(moved));
    await controlled.call("-t 1 --remove");
    t.notRegex(await controlled.call("-l"), /payload/);
    t.true(existsSync(moved));
    await controlled.call("-a FILE -w DATA/moved");
    await controlled.until("-t 2 -i", /Percent Done: 100%/);
    await controlled.call("-t 2 --remove-and-delete");
    t.notRegex(await controlled.call("-l"), /payload/);
    t.false(existsSync(moved));
  },
);

test.serial("--peer-info and --info-peers show a peer that sends", async (t) => {
  await using stack = new AsyncDisposableStack();
  const seeder = stack.use(await startEngine({ host: "inline", port: 0, bind: ["127.0.0.1"] }));
  const target = { host: "127.0.0.1", port: seeder.port };
  const door = stack.use(await Relay.open({ target, gated: "target" }));
  door.allow(helloBytes);
  const tracker = stack.use(await startCountingTracker([{ host: door.host, port: door.port }]));
  const controlled = stack.use(await RemoteControl.open([tracker.url]));
  const seed = await seeder.add(controlled.file, {
    directory: controlled.source,
    useTrackers: false,
  });
  await seed.completed;
  await controlled.call("-a FILE");
  await controlled.until("-t 1 --peer-info", /^127\.0\.0\.1 .*Troupe/m);
  t.regex(await controlled.call("-t 1 --info-peers"), /^Address.*\n127\.0\.0\.1 .*Troupe/m);
});

test.serial("--reannounce announces at once, after failures whose waits double, too", async (t) => {
  await using tracker = await startCountingTracker(500);
  await using controlled = await RemoteControl.open([tracker.url]);
  await controlled.call("-a FILE");
  await until("the first announce", () => tracker.announces() > 0);
  // By itself the seventh announce comes after five minutes.
  for (let announces = 1; announces < 7; announces++) {
    await until("another announce", async () => {
      await controlled.call("-t 1 --reannounce");
      return tracker.announces() > announces;
    });
  }
  t.pass();
});
