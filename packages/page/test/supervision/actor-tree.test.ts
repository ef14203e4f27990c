import test from "ava";
import {
  actorCounts,
  actorTree,
  cpuSample,
  cpuShare,
  type ActorLine,
  type ActorNode,
} from "../../src/supervision/actor-tree.ts";

function line(level: number, name: string, more: Partial<ActorLine> = {}): ActorLine {
  return { level, name, kind: "actor", state: "running", restarts: 0, mailbox: 0, ...more };
}

function picture(nodes: readonly ActorNode[]): string {
  return nodes
    .map(({ children, line: { name } }) =>
      children.length === 0 ? name : `${name}(${picture(children)})`,
    )
    .join(" ");
}

test("G12: a line belongs to the last one above it whose level is lower", (t) => {
  const lines = [
    line(0, "troupe"),
    ...[line(1, "engine"), line(2, "workers"), line(3, "hash"), line(3, "peers")],
    ...[line(4, "peer-0"), line(3, "records"), line(1, "service"), line(2, "http")],
  ];
  t.is(
    picture(actorTree(lines)),
    "troupe(engine(workers(hash peers(peer-0) records)) service(http))",
  );
  t.is(picture(actorTree([])), "");
});

test("G12: supervisors are not counted as running threads", (t) => {
  const counts = actorCounts([
    line(0, "troupe", { kind: "supervisor" }),
    line(1, "engine", { restarts: 2 }),
    line(1, "peer-0", { state: "restarting", restarts: 1 }),
  ]);
  t.deepEqual(counts, { running: 1, others: 1, restarts: 3 });
});

test("G12: the share of a processor is that between two answers", (t) => {
  const before = cpuSample([line(0, "engine", { cpuSeconds: 10 })], 1_000);
  const now = cpuSample(
    [line(0, "engine", { cpuSeconds: 10.5 }), line(0, "peer-0", { cpuSeconds: 1 })],
    3_000,
  );
  t.is(cpuShare("engine", before, now), 0.25);
  t.is(cpuShare("peer-0", before, now), undefined);
  t.is(cpuShare("engine", undefined, now), undefined);
  const restarted = cpuSample([line(0, "engine", { cpuSeconds: 0.1 })], 4_000);
  t.is(cpuShare("engine", now, restarted), 0);
});
