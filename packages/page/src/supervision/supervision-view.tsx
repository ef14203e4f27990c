// The supervision tree, live: by its events, and once in a while for its figures.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { question } from "../api/commands.ts";
import { announce } from "../frame/live-region.tsx";
import { PolledState } from "../polling/polled-state.tsx";
import { usePolled } from "../polling/use-polled.ts";
import { onNote } from "../state/feed.ts";
import { cleaned, shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import {
  actorCounts,
  actorTree,
  cpuSample,
  cpuShare,
  type ActorLine,
  type ActorNode,
  type CpuSample,
} from "./actor-tree.ts";

const periodMs = 3_000;
/** Events that come together are one question. */
const eventMs = 100;

/** The view. */
export function SupervisionView(): VNode {
  const polled = usePolled("actors", (signal) => question("actors", signal), periodMs);
  useWorkerEvents(polled.again);
  const lines = polled.value;
  const shares = useShares(lines);
  return (
    <section class="view supervision-view">
      <h1>{texts.supervision.title}</h1>
      <p class="help">{texts.supervision.intro}</p>
      <PolledState polled={polled} />
      {lines !== undefined && (
        <>
          <Counts lines={lines} />
          <Nodes nodes={actorTree(lines)} shares={shares} label={texts.supervision.tree} />
        </>
      )}
    </section>
  );
}

function Counts({ lines }: { readonly lines: readonly ActorLine[] }): VNode {
  const { others, restarts, running } = actorCounts(lines);
  const words = [
    texts.supervision.running(shown.count(running)),
    texts.supervision.restarts(restarts, shown.count(restarts)),
    ...(others > 0 ? [texts.supervision.others(shown.count(others))] : []),
  ];
  return <p class="actor-counts">{words.join(", ")}</p>;
}

interface NodesProps {
  readonly nodes: readonly ActorNode[];
  readonly shares: ReadonlyMap<string, number>;
  readonly label?: string;
}

function Nodes({ label, nodes, shares }: NodesProps): VNode {
  return (
    <ul class="actors" aria-label={label}>
      {nodes.map(({ children, line }, index) => (
        <li key={`${line.name} ${line.state === "abandoned" ? index : ""}`}>
          <Line line={line} share={shares.get(line.name)} />
          {children.length > 0 && <Nodes nodes={children} shares={shares} />}
        </li>
      ))}
    </ul>
  );
}

function Line({
  line,
  share,
}: {
  readonly line: ActorLine;
  readonly share: number | undefined;
}): VNode {
  const { kind, lastError, name, state } = line;
  const { supervision } = texts;
  const role = supervision.roles[name.replace(/-\d+$/, "")] ?? supervision.kinds[kind];
  return (
    <div class="actor-line">
      <span class={`actor-state actor-${state}`}>{supervision.states[state] ?? state}</span>
      <strong translate={false}>{cleaned(name)}</strong>
      <span class="help">{role}</span>
      <span class="actor-figures">{figuresOf(line, share)}</span>
      {lastError !== undefined && (
        <span class="actor-error" translate={false}>
          {supervision.lastError(cleaned(lastError))}
        </span>
      )}
    </div>
  );
}

function figuresOf(line: ActorLine, share: number | undefined): string {
  const { heapBytes, mailbox, restarts, threads } = line;
  const { supervision } = texts;
  const figures = [
    ...(restarts > 0 ? [supervision.restarts(restarts, shown.count(restarts))] : []),
    ...(threads === undefined ? [] : [supervision.threads(threads, shown.count(threads))]),
    ...(mailbox > 0 ? [supervision.waiting(mailbox, shown.count(mailbox))] : []),
    ...(share === undefined ? [] : [supervision.cpu(shown.share(share))]),
    ...(heapBytes === undefined ? [] : [supervision.memory(shown.size(heapBytes))]),
  ];
  return figures.join(", ");
}

/** The share of a processor of each actor between the last two answers. */
function useShares(lines: readonly ActorLine[] | undefined): ReadonlyMap<string, number> {
  const samples = useRef<{ lines?: readonly ActorLine[]; before?: CpuSample; now?: CpuSample }>({});
  if (lines !== undefined && samples.current.lines !== lines) {
    const now = cpuSample(lines, performance.now());
    const { now: before } = samples.current;
    samples.current = { lines, now, ...(before !== undefined && { before }) };
  }
  const { before, now } = samples.current;
  const shares = new Map<string, number>();
  if (now === undefined) return shares;
  for (const name of now.seconds.keys()) {
    const share = cpuShare(name, before, now);
    if (share !== undefined) shares.set(name, share);
  }
  return shares;
}

/** A crash and the restart after it are told, and asked for at once. */
function useWorkerEvents(again: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onNote("worker", (data) => {
      const { name, state } = data as { readonly name?: unknown; readonly state?: unknown };
      const shownName = cleaned(String(name));
      if (state === "running") announce(texts.supervision.runsAgain(shownName));
      else announce(texts.supervision.crashed(shownName));
      timer ??= setTimeout(() => {
        timer = undefined;
        again();
      }, eventMs);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, []);
}
