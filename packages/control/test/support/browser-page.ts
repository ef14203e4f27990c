// A script of a page that uses the package.

import { commands } from "../../src/commands/index.ts";
import { allowedText } from "../../src/gates/allowed-text.ts";
import { checkGate, passes } from "../../src/gates/check-gate.ts";
import { jsonSchema } from "../../src/gates/json-schema.ts";
import { readWord } from "../../src/gates/read-word.ts";
import {
  checkSettings,
  engineSettings,
  outOfRange,
  parseBytes,
  torrentSettings,
  TroupeError,
} from "../../src/index.ts";

function codeOf(call: () => unknown): string {
  try {
    call();
    return "none";
  } catch (error) {
    return error instanceof TroupeError ? error.code : "another";
  }
}

const page: object = {
  globals: `${typeof process} ${typeof Buffer}`,
  peers: checkSettings(torrentSettings, { maxPeers: 7 }).maxPeers,
  wrongAddress: codeOf(() => checkSettings(engineSettings, { bind: ["x"] })),
  addresses: passes(engineSettings.bind.gate, ["::1", "10.0.0.1"]),
  seeds: checkGate(torrentSettings.webSeeds.gate, "webSeeds", ["http://a.test/#x"])[0],
  memory: readWord(engineSettings.memory.gate, "64M"),
  mostPeers: jsonSchema(torrentSettings.maxPeers.gate)["maximum"],
  announce: allowedText(torrentSettings.announce.gate),
  right: commands.add.right,
  bytes: parseBytes("1k"),
  message: outOfRange("x", "1", "2").message,
};

Object.assign(globalThis, { page });
