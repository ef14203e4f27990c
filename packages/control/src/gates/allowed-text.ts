import type { Gate } from "./gate.ts";

/** The values that pass a gate, as errors and reference pages say them: `a whole number from 1 to 64`. */
export function allowedText(gate: Gate): string {
  switch (gate.kind) {
    case "flag":
      return "true or false";
    case "whole":
    case "bytes":
    case "duration":
      return wholeText(gate);
    case "rate":
      return `0 or a whole number from ${gate.min} to ${gate.max}`;
    case "ratio":
      return `a number above 0, ${gate.max} at most`;
    case "figure":
      return "a number of 0 or more";
    case "base64":
      return `${gate.most} bytes at most in base64`;
    case "word":
      return gate.words.join(", ");
    case "text":
      return gate.allowed;
    case "address":
      return "a numeric address";
    case "name-server":
      return "a numeric address, with a port or without";
    case "path":
      return `the path of a ${gate.of}`;
    case "url":
      return "http and https URLs without a user";
    case "proxy":
      return "socks5://HOST:PORT or http://HOST:PORT, with USER:PASSWORD@ before the host if the proxy asks for a login";
    case "list":
      return listText(gate.least, gate.most);
    case "record":
      return "an object";
    case "map":
      return `an object with at most ${gate.most} names`;
    case "either":
      return choicesText(gate.of);
  }
}

function wholeText({ min, max }: { readonly min: number; readonly max: number }): string {
  return min === max ? String(min) : `a whole number from ${min} to ${max}`;
}

function listText(least: number, most: number): string {
  return least === 0 ? `a list of ${most} at most` : `a list of ${least} to ${most}`;
}

/** `rate, all, or a whole number from 1 to 10000`. */
function choicesText(choices: readonly Gate[]): string {
  const texts = choices.map(allowedText);
  const last = texts.pop() ?? "";
  return texts.length === 0 ? last : `${texts.join(", ")}, or ${last}`;
}

/** What an option of a command line takes, as its errors say it: `a size of at least 1 bytes like 64M or 1G`. */
export function wordText(gate: Gate): string {
  switch (gate.kind) {
    case "bytes":
      return `a size of at least ${gate.min} bytes like 64M or 1G`;
    case "rate":
      return `a size of at least ${gate.min} bytes like 800k or 5M, or 0`;
    case "duration":
      return `a time of ${timeText(gate)} like 90s, 10m, 2h or 1d`;
    case "ratio":
      return `${allowedText(gate)}, like 1.5`;
    case "address":
      return "an IPv4 or IPv6 address without a port";
    case "name-server":
      return "an IPv4 or IPv6 address, with a port or without, like 192.0.2.53 or [2001:db8::53]:5353";
    case "url":
      return "an http:// or https:// address without a user";
    case "record":
      if (gate.isEndpoint !== true) return `a mapping with ${Object.keys(gate.fields).join(", ")}`;
      return "HOST:PORT like 192.0.2.7:6881 or [2001:db8::7]:6881";
    case "list":
      return wordText(gate.of);
    case "map":
      return `a mapping with at most ${gate.most} names`;
    default:
      return allowedText(gate);
  }
}

function timeText({ min, max, unit }: Extract<Gate, { readonly kind: "duration" }>): string {
  const second = unit === "ms" ? 1_000 : 1;
  const least = min === second ? "at least a second" : `at least ${min / second}s`;
  return max === Number.MAX_SAFE_INTEGER ? least : `${least} and ${max / second}s at most`;
}
