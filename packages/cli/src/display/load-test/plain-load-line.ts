import { peersIn, spellMicroseconds } from "@troupe/load-tester";
import { formatBytes, formatCount, formatDuration, formatRate } from "../units.ts";
import { latencyName } from "./load-frame.ts";
import { phaseAt, type LoadView } from "./load-view.ts";

/** `steady, 34s of 1m 00s: down 12.3 MiB/s, 480 peers open, request_block leech (closed) p99 4 ms, 1 of 2 budgets broken`. */
export function plainLoadLine(view: LoadView): string {
  const { facts, elapsedMs, figures, budgets } = view;
  const times = `${formatDuration(elapsedMs / 1_000)} of ${formatDuration(facts.durationMs / 1_000)}`;
  const head = `${phaseAt(view)?.name ?? facts.name}, ${times}`;
  if (figures === undefined) return head;
  const { rates } = figures;
  const peers =
    peersIn(figures, "open") + peersIn(figures, "unchoked") + peersIn(figures, "complete");
  const parts = [`down ${formatRate(rates.bytes_down ?? 0)}`];
  if ((rates.bytes_up ?? 0) > 0) parts.push(`up ${formatRate(rates.bytes_up ?? 0)}`);
  parts.push(`${formatCount(peers, "peer")} connected`);
  const [latency] = figures.latencies.toSorted((a, b) => b.count - a.count);
  if (latency !== undefined)
    parts.push(`${latencyName(latency)} p99 ${spellMicroseconds(latency.p99)}`);
  for (const { target, cpuShare, rssBytes } of figures.processes) {
    if (target === undefined) continue;
    parts.push(`${target} CPU ${Math.round(100 * cpuShare)} % memory ${formatBytes(rssBytes)}`);
  }
  const all = formatCount(budgets.length, "budget");
  for (const [state, word] of [
    ["broken", "broken"],
    ["not-yet-met", "not yet met"],
  ] as const) {
    const count = budgets.filter((budget) => budget.state === state).length;
    if (count > 0) parts.push(`${count} of ${all} ${word}`);
  }
  return `${head}: ${parts.join(", ")}`;
}
