// Counts every heap object that a thread makes, by the function that makes it: V8's sampling heap profiler with a sample
// of each object, those that are garbage by the end included. The thread runs a hundred times slower meanwhile.

import { Session } from "node:inspector";
import { basename } from "node:path";

/** Objects that one function made. */
export interface ObjectCount {
  /** `function file:line`, of the innermost function of a file, Node's own included. */
  readonly by: string;
  readonly objects: number;
  readonly bytes: number;
}

/** The part of `HeapProfiler.SamplingHeapProfile` that is read here; Node's types lack the samples. */
interface Profile {
  readonly head: ProfileNode;
  readonly samples: readonly { readonly nodeId: number; readonly size: number }[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children: readonly ProfileNode[];
}

/** @returns Ends the counting; the functions with the most objects come first. */
export function countObjects(): () => ObjectCount[] {
  const session = new Session();
  session.connect();
  session.post("HeapProfiler.startSampling", {
    samplingInterval: 1,
    stackDepth: 16,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  return () => {
    let profile: Profile | undefined;
    session.post("HeapProfiler.stopSampling", (_, answer) => {
      profile = answer.profile as unknown as Profile;
    });
    session.disconnect();
    return profile === undefined ? [] : byFunction(profile);
  };
}

function byFunction(profile: Profile): ObjectCount[] {
  const names = new Map<number, string>();
  nameNodes(profile.head, "", names);
  const sums = new Map<string, { objects: number; bytes: number }>();
  for (const { nodeId, size } of profile.samples) {
    const by = names.get(nodeId) ?? "?";
    const sum = sums.get(by) ?? { objects: 0, bytes: 0 };
    sums.set(by, { objects: sum.objects + 1, bytes: sum.bytes + size });
  }
  return [...sums].map(([by, sum]) => ({ by, ...sum })).toSorted((a, b) => b.objects - a.objects);
}

function nameNodes(node: ProfileNode, outer: string, names: Map<number, string>): void {
  const { functionName, url, lineNumber } = node.callFrame;
  // Frames of V8 itself, as of a garbage collection or a compilation, have no file.
  const own =
    url === "" ? outer : `${functionName || "(anonymous)"} ${basename(url)}:${lineNumber + 1}`;
  names.set(node.id, own);
  for (const child of node.children) nameNodes(child, own, names);
}
