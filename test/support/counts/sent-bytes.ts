// The bytes that a program hands to its sockets, as strace sees its system calls.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** Words before a command that write its calls to a file. */
export function recordingSentBytes(trace: string): readonly string[] {
  const calls = "trace=write,writev,sendto,sendmsg,sendmmsg";
  // By the filter of the kernel other calls are not slowed down: a thread that strace stops for seconds counts as hung.
  const form = [
    "-f",
    "--seccomp-bpf",
    "-yy",
    "-xx",
    "-s",
    "10000000",
    "-e",
    "signal=none",
    "-e",
    calls,
  ];
  return ["strace", ...form, "-o", trace, "--"];
}

/** `NAME(FD<TCP:[…->HOST:PORT]>, …`, also of a call that another thread interrupts. */
const sending =
  /\b(?:write|writev|sendto|sendmsg|sendmmsg)\(\d+<(TCP|UDP)(?:v6)?:\[(.*?)\]>, (.*)$/;
const bytesIn = /"((?:\\x[0-9a-f]{2})*)"/g;
const portIn = /sin6?_port=htons\((\d+)\)/;

/** The bytes that were sent, by channel: `TCP 80`, `UDP 53`, the port being that of the other side. */
export async function readSentBytes(trace: string): Promise<ReadonlyMap<string, Buffer>> {
  const parts = new Map<string, Buffer[]>();
  for await (const line of createInterface({ input: createReadStream(trace) })) {
    const [, transport = "", ends = "", data = ""] = sending.exec(line) ?? [];
    if (transport === "") continue;
    const port = portIn.exec(data)?.[1] ?? /->.*:(\d+)$/.exec(ends)?.[1] ?? "unknown";
    const sent = Array.from(data.matchAll(bytesIn), ([, hex = ""]) =>
      Buffer.from(hex.replaceAll("\\x", ""), "hex"),
    );
    const channel = `${transport} ${port}`;
    parts.set(channel, [...(parts.get(channel) ?? []), ...sent]);
  }
  return new Map(Array.from(parts, ([channel, sent]) => [channel, Buffer.concat(sent)]));
}
