import type { ListenRefusal } from "@troupe/actor-runtime";

/** Ranges of ports that a sentence names. */
const mostRanges = 8;
const codes = ["port-in-use", "port-not-allowed", "listen-failed"] as const;

/** A port that cannot be listened on. */
export interface RefusedPort extends ListenRefusal {
  readonly port: number;
}

/** The refusal of a whole list: `cannot listen for peers: port 80 needs root, port 7101 is in use`. */
export function refusalOfPorts(refused: readonly RefusedPort[]): {
  readonly refused: ListenRefusal["code"];
  readonly message: string;
} {
  const byReason = Map.groupBy(refused, ({ reason }) => reason);
  const reasons = [...byReason].map(([reason, list]) => `${spellPorts(list)} ${reason}`);
  const code = codes.find((one) => refused.some((port) => port.code === one)) ?? "listen-failed";
  return {
    refused: code,
    message: `cannot listen for peers: ${reasons.join(", ") || "no port was given"}`,
  };
}

/** `port 80`, `each of the ports 6881-6889, 7000`. */
function spellPorts(list: readonly RefusedPort[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const { port } of list) {
    const open = ranges.at(-1);
    if (open?.last === port - 1) open.last = port;
    else ranges.push({ first: port, last: port });
  }
  const spelled = ranges
    .slice(0, mostRanges)
    .map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
  const more = ranges.length > mostRanges ? " and others" : "";
  return `${list.length === 1 ? "port" : "each of the ports"} ${spelled.join(", ")}${more}`;
}
