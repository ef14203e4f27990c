// The error for a bad value names the allowed values.

import { isIP } from "node:net";
import { parseBytes, parseTime, withUnit } from "@troupe/control";
import { type PeerAddress, parseHostPort } from "@troupe/protocol/address";
import { cleanText, suggestion } from "@troupe/protocol/text";
import { checkWebSeedUrl } from "@troupe/protocol/web-seed";
import { constantEvents, isJsonEvent, jsonEvents, type JsonEvent } from "../output/json-events.ts";
import { UsageError } from "./usage-error.ts";

/** Each port is tried at most once. */
const maxPorts = 1024;

/** `6881`, `6881-6889`, `6881,7000,0`: distinct ports in the order given. */
export function parsePortList(text: string): number[] {
  const ports = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last > 65_535 || first > last) {
      throw new UsageError(
        `--port takes ports from 0 to 65535 like 6881, 6881-6889 or 6881,7000,0, not "${text}"`,
      );
    }
    for (let port = first; port <= last; port++) ports.add(port);
  }
  if (ports.size > maxPorts) {
    throw new UsageError(`--port takes ${maxPorts} ports at most, "${text}" has ${ports.size}`);
  }
  return [...ports];
}

/** `800k`, `64M`, `1.5G` or plain bytes; the letters are powers of 1024. */
export function parseSize(option: string, text: string, minBytes: number): number {
  const bytes = parseBytes(withUnit(text, "B"));
  if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes >= minBytes) return bytes;
  throw new UsageError(
    `--${option} takes a size of at least ${minBytes} bytes like 64M or 1G, not "${text}"`,
  );
}

/** `90s`, `10m` or `10min`, `1.5h`, `1d`, as in scenario files, or plain seconds. @returns milliseconds, 1,000 or more. */
export function parseDuration(option: string, text: string): number {
  const ms = Math.round(parseTime(withUnit(text, "s")) ?? Number.NaN);
  if (ms >= 1_000) return ms;
  throw new UsageError(
    `--${option} takes a time of at least a second like 90s, 10m, 2h or 1d, not "${text}"`,
  );
}

/** A whole number within bounds, both included. */
export function parseCount(option: string, text: string, least: number, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= least && count <= most)) {
    throw new UsageError(
      `--${option} takes a whole number from ${least} to ${most}, not "${text}"`,
    );
  }
  return count;
}

/** Parses `rate`, `all`, or a number of peers. */
export function parseUploadSlots(text: string): number | "all" | "rate" {
  if (text === "all" || text === "rate") return text;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= 10_000) return count;
  throw new UsageError(
    `--upload-slots takes rate, all, or a whole number from 1 to 10000, not "${text}"`,
  );
}

/** `host:port`, with brackets around an IPv6 address. */
export function parsePeer(text: string, option = "peer"): PeerAddress {
  try {
    return parseHostPort(text);
  } catch {
    throw new UsageError(
      `--${option} takes HOST:PORT like 192.0.2.7:6881 or [2001:db8::7]:6881, not "${text}"`,
    );
  }
}

/** A numeric local address. */
export function parseBindAddress(text: string): string {
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) === 0) {
    throw new UsageError(
      `--bind takes a local address like 192.0.2.7 or 2001:db8::7, not "${text}"`,
    );
  }
  return address;
}

const trackerSchemes = ["http:", "https:", "udp:"];

/** The address of a tracker. */
export function parseTracker(text: string): string {
  if (!trackerSchemes.includes(URL.parse(text)?.protocol ?? "")) {
    throw new UsageError(
      `--tracker takes an http://, https:// or udp:// address of a tracker, not "${text}"`,
    );
  }
  return text;
}

/** The address of a web seed. */
export function parseWebSeed(text: string): string {
  const check = checkWebSeedUrl(text);
  if ("url" in check) return check.url;
  throw new UsageError(
    `--web-seed takes an http:// or https:// address without a user, not "${text}"`,
  );
}

/** `progress,complete`: these events, and those that are never left out. */
export function parseJsonEvents(text: string): ReadonlySet<JsonEvent> {
  const names = text.split(",").map((name) => name.trim());
  const events = names.filter(isJsonEvent);
  const unknown = names.find((name) => !isJsonEvent(name));
  if (unknown === undefined) return new Set([...events, ...constantEvents]);
  const meant = suggestion(unknown.slice(0, 60), Object.keys(jsonEvents));
  throw new UsageError(`--json has no event "${cleanText(unknown, 60)}"${meant}`);
}

/** Words for `--log-level`. */
export const logLevels = ["error", "warn", "info", "debug"] as const;

/** Severity of a log entry, highest first. */
export type LogLevel = (typeof logLevels)[number];

/** Words for `--announce`. */
export const announceModes = ["parallel", "strict", "all"] as const;

/** Words for `--seed-until`. */
export const untilWords = ["any", "all"] as const;

/** Words for `--verify`. */
export const verifications = ["full", "sample", "none"] as const;

/** Shells supported by `troupe completion`. */
export const shellNames = ["bash", "zsh", "fish"] as const;

/** The name of a supported shell. */
export type ShellName = (typeof shellNames)[number];

/** Checks that the text is a word that the option takes. */
export function parseWord<Word extends string>(
  option: string,
  text: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) {
    throw new UsageError(`--${option} takes ${words.join(", ")}, not "${text}"`);
  }
  return found;
}
