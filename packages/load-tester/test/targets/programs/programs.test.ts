import test from "ava";
import type { ProgramPlace } from "../../../src/targets/programs/program.ts";
import { programs } from "../../../src/targets/programs/programs.ts";

const place: ProgramPlace = {
  host: "127.0.0.1",
  port: 6_881,
  controlPort: 6_882,
  folder: "/tmp/load/settings",
  job: { torrentFile: "/tmp/load/a.torrent", dataFolder: "/tmp/load/data", has: "whole" },
  connections: 5_500,
  hasUtp: false,
  infoHashes: [],
  ownCommand: ["/usr/bin/node", "/opt/troupe.mjs"],
};
const clients = ["ours", "libtorrent", "transmission", "aria2", "rtorrent", "qbittorrent"] as const;

for (const name of clients) {
  test(`${name} gets its torrent, its port and limits for all connections`, (t) => {
    const plan = programs[name].plan(place);
    const words = [...plan.command, ...Object.values(plan.files ?? {})].join("\n");
    t.regex(words, /6881/);
    t.regex(words, /\/tmp\/load\/data/);
    t.true(plan.torrentCopy !== undefined || words.includes("/tmp/load/a.torrent"));
    const limits = plan.settings.filter(
      ([, value]) => /^(?:-1|0|all)$/.test(value) || Number(value) >= 4_096,
    );
    t.true(limits.length >= 2, JSON.stringify(plan.settings));
  });

  test(`${name} uses no DHT, and every setting of the report is one that it gets`, (t) => {
    const plan = programs[name].plan(place);
    const words = [...plan.command, ...Object.values(plan.files ?? {})].join("\n");
    for (const [setting, value] of plan.settings) {
      if (value === "off" || value === "false") t.regex(words, /dht/i, setting);
      else t.true(words.includes(setting) && words.includes(value), setting);
    }
  });
}

for (const [name, off, on] of [
  ["libtorrent", /"enable_incoming_utp":false/, /"enable_incoming_utp":true/],
  ["transmission", /"utp-enabled":false/, /"utp-enabled":true/],
  ["qbittorrent", /BTProtocol=TCP/, /BTProtocol=Both/],
] as const) {
  test(`${name} takes uTP when peers dial it so, and TCP alone else`, (t) => {
    const wordsWith = (hasUtp: boolean): string => {
      const { command, files = {} } = programs[name].plan({ ...place, hasUtp });
      return [...command, ...Object.values(files)].join("\n");
    };
    t.regex(wordsWith(false), off);
    t.regex(wordsWith(true), on);
  });
}

test("a client without content downloads, and goes on after that", (t) => {
  const job = { torrentFile: "/a.torrent", dataFolder: "/data", has: "nothing" } as const;
  const { command } = programs.ours.plan({ ...place, job });
  t.deepEqual(command.slice(0, 4), [...place.ownCommand, "download", "--seed"]);
});

test("a DHT node of libtorrent gets a raised rate limit", (t) => {
  const plan = programs.libtorrent.plan({ ...place, job: undefined });
  const settings = JSON.parse(plan.command.at(-1) ?? "") as Record<string, unknown>;
  t.is(settings["dht_upload_rate_limit"], 100_000_000);
  t.is(settings["listen_interfaces"], "127.0.0.1:6881");
});

test("a DHT node of ours gets no limits of answers", (t) => {
  const plan = programs.ours.plan({ ...place, job: undefined });
  const words = plan.command.join(" ");
  t.regex(words, / dht run .*--answer-rate 0 --unproven-answer-rate 0 --queries-per-address 0 /);
  t.deepEqual(plan.remarks, []);
});

test("ours gets as many connections as it can have, and a remark says so", (t) => {
  const plan = programs.ours.plan({ ...place, connections: 22_010 });
  t.true(plan.settings.some(([name, value]) => name === "max-peers" && value === "10000"));
  t.deepEqual(plan.remarks, ["It has at most 10000 connections, and the scenario asks for 22010."]);
  t.deepEqual(programs.ours.plan(place).remarks, []);
});

test("opentracker gets the list of the torrents that it serves", (t) => {
  const infoHashes = ["a".repeat(40), "b".repeat(40)];
  const plan = programs.opentracker.plan({ ...place, job: undefined, infoHashes });
  t.deepEqual(Object.values(plan.files ?? {}), [`${infoHashes.join("\n")}\n`]);
});

test("a version is found in the words that each program prints", (t) => {
  const printed = {
    ours: "troupe 0.1.0\n",
    libtorrent: "2.0.8.0\n",
    transmission: "transmission-daemon 3.00 (bb6b5a062e)\n",
    aria2: "aria2 version 1.36.0\nCopyright (C) 2006\n",
    rtorrent: "Rakshasa's BitTorrent client version 0.9.8.\n",
    qbittorrent: "qBittorrent v4.5.2\n",
    opentracker: "0.0~git20210823.110868e-3",
  };
  const versions = Object.entries(printed).map(([name, text]) => {
    const { versionPattern } = programs[name as keyof typeof printed];
    return versionPattern.exec(text)?.slice(1).find(Boolean);
  });
  const known = ["0.1.0", "2.0.8.0", "3.00", "1.36.0", "0.9.8", "4.5.2"];
  t.deepEqual(versions, [...known, "0.0~git20210823.110868e-3"]);
});
