// The files of a torrent as a tree of folders.

import type { CommandResults } from "@troupe/control/commands";

/** A file, as `files` of the service gives it. */
export type GivenFile = Pick<
  CommandResults["files"][number],
  "haveBytes" | "isPadding" | "lengthBytes" | "priority" | "torrentPath"
>;

/** A file of the tree. */
export interface FileNode {
  readonly kind: "file";
  readonly name: string;
  /** Its index in the torrent. */
  readonly file: number;
  readonly lengthBytes: number;
  readonly haveBytes: number;
  readonly priority: number;
}

/** A folder, with the sums of the files in and below it. */
export interface FolderNode {
  readonly kind: "folder";
  readonly name: string;
  /** The path of the folder, with `/` between names; empty for the root. */
  readonly path: string;
  /** Folders first, each sorted by name. */
  readonly children: readonly TreeNode[];
  readonly files: number;
  readonly wantedFiles: number;
  readonly lengthBytes: number;
  readonly haveBytes: number;
  /** The priority of all wanted files; undefined where they differ, or none is wanted. */
  readonly priority: number | undefined;
}

/** A line of the tree. */
export type TreeNode = FileNode | FolderNode;

/** A new priority of a file. */
export interface PriorityChange {
  /** The index of the file in the torrent. */
  readonly file: number;
  readonly priority: number;
}

interface Building {
  readonly folders: Map<string, Building>;
  readonly files: FileNode[];
}

/** The tree of the files; padding is left out. @param compare Orders names. */
export function fileTree(
  files: readonly GivenFile[],
  compare: (one: string, other: string) => number,
): FolderNode {
  const root: Building = { folders: new Map(), files: [] };
  files.forEach(({ torrentPath, isPadding, lengthBytes, haveBytes, priority }, file) => {
    if (isPadding) return;
    const names = torrentPath.split("/");
    const name = names.pop() ?? "";
    let folder = root;
    for (const each of names) {
      const next = folder.folders.get(each) ?? { folders: new Map(), files: [] };
      folder.folders.set(each, next);
      folder = next;
    }
    folder.files.push({ kind: "file", name, file, lengthBytes, haveBytes, priority });
  });
  return finished("", "", root, compare);
}

function finished(
  name: string,
  path: string,
  { files, folders }: Building,
  compare: (one: string, other: string) => number,
): FolderNode {
  const byName = (one: TreeNode, other: TreeNode): number => compare(one.name, other.name);
  const inner = [...folders].map(([each, folder]) =>
    finished(each, path === "" ? each : `${path}/${each}`, folder, compare),
  );
  const children: readonly TreeNode[] = [...inner.toSorted(byName), ...files.toSorted(byName)];
  let [count, wanted, lengthBytes, haveBytes] = [0, 0, 0, 0];
  const priorities = new Set<number | undefined>();
  for (const child of children) {
    const isFolder = child.kind === "folder";
    const childWanted = wantedFilesOf(child);
    count += isFolder ? child.files : 1;
    wanted += childWanted;
    lengthBytes += child.lengthBytes;
    haveBytes += child.haveBytes;
    if (childWanted > 0) priorities.add(child.priority);
  }
  const priority = priorities.size === 1 ? [...priorities][0] : undefined;
  const sums = { files: count, wantedFiles: wanted, lengthBytes, haveBytes, priority };
  return { kind: "folder", name, path, children, ...sums };
}

/** The number of wanted files of a line. */
export function wantedFilesOf(node: TreeNode): number {
  return node.kind === "folder" ? node.wantedFiles : Number(node.priority > 0);
}

/** The paths of folders that are open at first: those that lead to the first choice. */
export function firstOpen({ children }: FolderNode): readonly string[] {
  const [only] = children;
  if (children.length !== 1 || only?.kind !== "folder") return [];
  return [only.path, ...firstOpen(only)];
}

/** Priorities that this page gives; the engine has more. A wanted file has at least 1. */
export const priorityChoices = { normal: 1, high: 6, highest: 7 } as const;

/** The changes that make files wanted or not. A file that becomes wanted gets the priority 1. */
export function wantedChanges(node: TreeNode, isWanted: boolean): readonly PriorityChange[] {
  if (node.kind === "folder")
    return node.children.flatMap((child) => wantedChanges(child, isWanted));
  const { file, priority } = node;
  return priority > 0 === isWanted ? [] : [{ file, priority: Number(isWanted) }];
}

/** The changes that give the wanted files of a line a priority. */
export function priorityChanges(node: TreeNode, priority: number): readonly PriorityChange[] {
  if (node.kind === "folder")
    return node.children.flatMap((child) => priorityChanges(child, priority));
  return node.priority === 0 || node.priority === priority ? [] : [{ file: node.file, priority }];
}
