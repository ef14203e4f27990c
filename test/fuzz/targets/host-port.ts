import { isIP } from "node:net";

import { parseHostPort, parseIp, parseNameServer } from "@troupe/protocol/address";

import { engineSettings, endpoint, readWord, torrentSettings } from "@troupe/control";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { acceptedBy, hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { addressWords } from "./ip-address.ts";

const { option: portOption } = engineSettings.port;
const { option: trackerOption } = torrentSettings.trackers;

/** Addresses with a port, and what else is written behind an option. */
export const hostPort: FuzzTarget = {
  name: "host-port",
  oracle:
    "refused with a code or no value, or a port from 1 to 65,535 and a host of plain characters, read the same when written again",
  sources: ["protocol/src/address/", "control/src/gates/"],
  seeds: () =>
    [
      "192.0.2.1:6881",
      "[2001:db8::1]:1",
      "example.org:65535",
      "6881-6889,0",
      "1.5G",
      "http://t/",
      "2001:db8::53",
      "[fe80::1%eth0]:53",
    ].map(bytesOf),
  mutate: textMutator([
    ...addressWords,
    ":6881",
    ":0",
    ":65536",
    "]:1",
    "-",
    ",",
    "6881-6889",
    "1.5G",
    "KiB",
    "http://",
  ]),
  maxBytes: 400,
  run(input) {
    const text = textOf(input);
    const address = acceptedBy(() => parseHostPort(text));
    const peer = readWord(endpoint, text);
    hold(JSON.stringify(address) === JSON.stringify(peer), "the option reads otherwise");
    if (address !== undefined) {
      const { host, port } = address;
      hold(
        /^[\w.:-]{1,253}$/u.test(host) && port >= 1 && port <= 65_535,
        () => `odd: ${host} ${port}`,
      );
      const written = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
      hold(JSON.stringify(parseHostPort(written)) === JSON.stringify(address), "read otherwise");
    }
    const server = parseNameServer(text);
    if (server !== undefined) {
      const { host, port } = server;
      hold(
        parseIp(host.split("%", 1)[0] ?? "") !== undefined && port >= 1 && port <= 65_535,
        () => `no name server: ${host} ${port}`,
      );
      const written = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
      const again = JSON.stringify(parseNameServer(written));
      hold(again === JSON.stringify(server), "a name server is read otherwise");
    }
    const ports = (readWord(portOption.word, text) ?? []) as readonly number[];
    hold(ports.length <= 1_024 && new Set(ports).size === ports.length, "ports twice or too many");
    hold(
      ports.every((port) => Number.isInteger(port) && port >= 0 && port <= 65_535),
      "no port",
    );
    const size = readWord(engineSettings.memory.gate, text) ?? 1_048_576;
    hold(Number.isSafeInteger(size) && Number(size) >= 1_048_576, "no size");
    const bind = readWord(engineSettings.bind.gate.of, text);
    hold(
      bind === undefined || (typeof bind === "string" && isIP(bind) !== 0),
      "no address to bind to",
    );
    const tracker = readWord(trackerOption.word, text);
    hold(
      tracker === undefined || (typeof tracker === "string" && /^(?:https?|udp):/i.test(tracker)),
      "no tracker",
    );
  },
};
