// A profile as tables for people.

import { median, spread, table } from "../support/statistics.ts";
import type { CallsRun, Profile, UseRun } from "./measure.ts";
import type { Amount, Counts } from "./row.ts";
import type { ThreadUse } from "./thread-use.ts";

/** Rows of the longer tables. */
const [callsShown, messagesShown, functionsShown] = [30, 24, 24];
/** A figure of a thread. */
type Figure = keyof Omit<ThreadUse, "thread">;

/** Threads with less are left out of a table, not of its sum. */
const leastSeconds = 0.0005;

/** All tables of a profile. */
export function profileText(profile: Profile): string {
  const { row, busy, calls, messages, objects } = profile;
  const parts = [
    `## ${row.name}: ${row.about}`,
    useTable(profile),
    `Other work on the machine before the runs: ${spread(busy, 2)} of all cores.`,
    `System calls, in a run apart under strace, start and end of the process included:`,
    callsTable(calls.ours, row.unit),
  ];
  if (calls.floor !== undefined) parts.push("The floor:", callsTable(calls.floor, row.unit));
  if (messages !== undefined) {
    parts.push("Messages and promises, in a run apart:", messagesTable(messages, row.unit));
  }
  if (objects !== undefined) {
    parts.push("Objects that threads make, in a run apart:", objectsTable(objects, row.unit));
  }
  return `${parts.join("\n\n")}\n`;
}

function useTable({ row, ours, floor }: Profile): string {
  const { unit } = row;
  const hasPieces = ours.some(({ amount }) => amount.pieces > 0);
  const head = [
    "thread",
    `CPU ms a ${unit}`,
    "in the kernel",
    ...(hasPieces ? ["CPU µs a piece"] : []),
    `voluntary switches a ${unit}`,
    "involuntary",
    `page faults a ${unit}`,
    ...(hasPieces ? ["switches a piece", "faults a piece"] : []),
  ];
  const rows = [...useRows("", ours, hasPieces)];
  if (floor.length > 0) rows.push(...useRows("floor: ", floor, hasPieces));
  const rate = (runs: readonly UseRun[]): string =>
    spread(
      runs.map(({ amount, seconds }) => seconds / amount.units),
      3,
    );
  const lines = [table([head, ...rows]), `Seconds a ${unit}: ${rate(ours)}.`];
  if (floor.length > 0) lines.push(`The floor: ${rate(floor)}.`);
  return lines.join("\n");
}

function useRows(label: string, runs: readonly UseRun[], hasPieces: boolean): string[][] {
  const names = new Set(runs.flatMap(({ threads }) => threads.map(({ thread }) => thread)));
  const rows = [...names].map((name) => ({
    name,
    seconds: median(runs.map((run) => valueOf(run, name, "cpuSeconds"))),
  }));
  const shown = rows
    .filter(({ seconds }) => seconds >= leastSeconds)
    .toSorted((a, b) => b.seconds - a.seconds)
    .map(({ name }) => name);
  return [...shown, undefined].map((name) => {
    const each = (of: Figure, per: keyof Amount = "units"): number[] =>
      runs.map((run) => valueOf(run, name, of) / run.amount[per]);
    const cpu = each("cpuSeconds");
    const kernel = median(each("systemSeconds")) / median(cpu);
    const aPiece = each("cpuSeconds", "pieces").map((seconds) => 1e6 * seconds);
    return [
      label + (name ?? "all"),
      spread(
        cpu.map((seconds) => 1_000 * seconds),
        1,
      ),
      `${Math.round(100 * kernel)} %`,
      ...(hasPieces ? [spread(aPiece, 1)] : []),
      whole(median(each("voluntarySwitches"))),
      whole(median(each("involuntarySwitches"))),
      whole(median(each("pageFaults"))),
      ...(hasPieces
        ? [
            median(each("voluntarySwitches", "pieces")).toFixed(2),
            median(each("pageFaults", "pieces")).toFixed(2),
          ]
        : []),
    ];
  });
}

/** The figure of one thread, or the sum over all. */
function valueOf(run: UseRun, name: string | undefined, of: Figure): number {
  return run.threads
    .filter(({ thread }) => name === undefined || thread === name)
    .reduce((sum, use) => sum + use[of], 0);
}

function callsTable({ calls, amount }: CallsRun, unit: string): string {
  const { units, pieces } = amount;
  const sorted = calls.toSorted((a, b) => b.count - a.count);
  const total = calls.reduce((sum, { count }) => sum + count, 0);
  const rows = sorted
    .slice(0, callsShown)
    .map(({ thread, name, on, count, bytes }) => [
      thread,
      name,
      on,
      whole(count / units),
      pieces === 0 ? "" : (count / pieces).toFixed(2),
      bytes === 0 ? "" : whole(bytes / count),
    ]);
  const all = [
    "all",
    "",
    "",
    whole(total / units),
    pieces === 0 ? "" : (total / pieces).toFixed(2),
    "",
  ];
  return table([["thread", "call", "on", `a ${unit}`, "a piece", "bytes a call"], ...rows, all]);
}

function messagesTable({ threads, amount }: Counts, unit: string): string {
  const rows = threads.flatMap(({ thread, messages }) =>
    messages.map(({ way, other, name, count }) => ({
      hop: way === "sent" ? `${thread} → ${other}` : `${other} → ${thread}`,
      name,
      count,
    })),
  );
  const promises = threads.map(({ thread, promises: made }) => ({
    hop: thread,
    name: "promises",
    count: made,
  }));
  const shown = rows.toSorted((a, b) => b.count - a.count).slice(0, messagesShown);
  return table([
    ["hop", "message", "a piece", `a ${unit}`, "seen"],
    ...[...shown, ...promises].map(({ hop, name, count }) => [
      hop,
      name,
      amount.pieces === 0 ? "" : (count / amount.pieces).toFixed(3),
      whole(count / amount.units),
      whole(count),
    ]),
  ]);
}

function objectsTable({ threads, amount }: Counts, unit: string): string {
  const sums = threads.map(({ thread, objects }) => ({
    thread,
    by: "all functions",
    objects: objects.reduce((sum, { objects: count }) => sum + count, 0),
    bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
  }));
  const functions = threads
    .flatMap(({ thread, objects }) => objects.map((count) => ({ thread, ...count })))
    .toSorted((a, b) => b.objects - a.objects)
    .slice(0, functionsShown);
  return table([
    ["thread", "function", "objects a piece", `objects a ${unit}`, `bytes a ${unit}`],
    ...[...sums, ...functions].map(({ thread, by, objects, bytes }) => [
      thread,
      by,
      amount.pieces === 0 ? "" : (objects / amount.pieces).toFixed(2),
      whole(objects / amount.units),
      whole(bytes / amount.units),
    ]),
  ]);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
