import test from "ava";
import type { TroupeError } from "@troupe/control";
import type { CommandName } from "@troupe/control/commands";
import type { Caller } from "../../../src/api/commands/caller.ts";
import { checkCall, commandNamed, replacePaths } from "../../../src/api/commands/checked-call.ts";

const torrent = "ab".repeat(20);
const local: Caller = { right: "local" };
const control: Caller = { right: "control" };
const read: Caller = { right: "read" };

/** The code of a refusal, and the name of its option; undefined for a call that passes. */
function refusalOf(name: CommandName, given: unknown, caller: Caller): unknown {
  try {
    checkCall(name, given, caller);
    return undefined;
  } catch (error) {
    const { code, details } = error as TroupeError;
    return [code, details["option"] ?? details["row"]];
  }
}

test("an unknown command is refused with the nearest name", (t) => {
  t.is(commandNamed("lift-ban"), "lift-ban");
  t.throws(() => commandNamed("lift-bans"), {
    code: "command-unknown",
    message: /did you mean lift-ban\?/,
  });
  t.throws(() => commandNamed("toString"), { code: "command-unknown" });
});

test("a command needs the right of its row", (t) => {
  t.is(refusalOf("list", {}, read), undefined);
  t.deepEqual(refusalOf("start", {}, read), ["not-permitted", "command start"]);
  t.is(refusalOf("start", {}, control), undefined);
  t.deepEqual(refusalOf("set-ip-filter", {}, control), ["not-permitted", "command set-ip-filter"]);
  t.is(refusalOf("set-ip-filter", {}, local), undefined);
});

test("each setting among the arguments needs the right of its own row", (t) => {
  t.is(refusalOf("set", { torrent, maxPeers: 3, goals: { ratio: 2 } }, control), undefined);
  const wider = { torrent, maxPeers: 3, useLocalHosts: true };
  t.deepEqual(refusalOf("set", wider, control), ["not-permitted", "setting useLocalHosts"]);
  t.is(refusalOf("set", wider, local), undefined);
  const added = { source: torrent, useLocalHosts: true };
  t.deepEqual(refusalOf("add", added, control), ["not-permitted", "setting useLocalHosts"]);
  t.is(refusalOf("set-engine", { groups: { films: { directory: "x" } } }, control), undefined);
});

test("a wrong value is refused with its place", (t) => {
  const outOfRange = "option-out-of-range";
  const cases: readonly (readonly [CommandName, unknown, string])[] = [
    ["add-peer", { torrent, peer: { host: "a", port: 0 } }, "peer.port"],
    ["add-peer", { torrent }, "peer"],
    ["set", { torrent, goals: { ratio: -1 } }, "goals.ratio"],
    ["set-engine", { groups: { films: { uploadSlots: 0 } } }, "groups.films.uploadSlots"],
    ["status", { torrent: "x" }, "torrent"],
    ["list", [], "arguments"],
    ["list", null, "arguments"],
    ["add", { metainfo: "?" }, "metainfo"],
    ["add", { source: "/etc/passwd" }, "source"],
    ["add", { source: " http://a.test/x" }, "source"],
    ["add", { source: "file:///etc/passwd" }, "source"],
  ];
  for (const [name, given, option] of cases)
    t.deepEqual(refusalOf(name, given, local), [outOfRange, option], option);
});

test("unknown arguments are refused, and so are settings that the command does not take", (t) => {
  const cases: readonly (readonly [CommandName, unknown, string])[] = [
    ["list", { torrent }, "torrent"],
    ["status", { torrent, maxPeers: 3 }, "maxPeers"],
    ["set", { torrent, layout: "own" }, "layout"],
    ["set", { torrent, foundWebSeeds: [] }, "foundWebSeeds"],
    ["set-engine", { listedTrackers: [] }, "listedTrackers"],
    ["add", { source: torrent, signal: 1 }, "signal"],
  ];
  for (const [name, given, option] of cases)
    t.deepEqual(refusalOf(name, given, local), ["option-unknown", option], option);
});

test("a torrent that is added takes settings that never change later", (t) => {
  const { settings, arguments: own } = checkCall(
    "add",
    { source: torrent, state: "stopped", layout: "folder", limits: { down: 5_000 } },
    control,
  );
  t.deepEqual(settings, { layout: "folder", "limits.down": 5_000 });
  t.deepEqual(own, { source: torrent, state: "stopped" });
});

test("null ends that a setting is set, one alone or a folder of them", (t) => {
  const { settings } = checkCall("set", { torrent, moveTo: null, limits: null }, control);
  t.deepEqual(settings, {
    ...{ moveTo: null, "limits.down": null, "limits.up": null },
    ...{ "limits.peerDown": null, "limits.peerUp": null },
  });
});

test("paths among arguments and settings are replaced, also those of groups", async (t) => {
  const replaced = async (name: CommandName, given: object) => {
    const call = checkCall(name, given, local);
    return await replacePaths(name, call, async (path, of) => `${of}:${path}`);
  };
  const added = { path: "t", directory: "d", moveTo: "m", incompleteDirectory: "i", labels: ["l"] };
  t.like(await replaced("add", added), {
    arguments: { path: "file:t", directory: "folder:d" },
    settings: { moveTo: "folder:m", incompleteDirectory: "folder:i", labels: ["l"] },
  });
  t.like(await replaced("set", { torrent, moveTo: null }), { settings: { moveTo: null } });
  t.like(await replaced("set-engine", { groups: { films: { directory: "d", maxPeers: 3 } } }), {
    settings: { groups: { films: { directory: "folder:d", maxPeers: 3 } } },
  });
});
