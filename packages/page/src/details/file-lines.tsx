// The lines of a folder: files, and folders that unfold.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { mayControl } from "../state/session.ts";
import { cleaned, shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import {
  priorityChanges,
  priorityChoices,
  wantedChanges,
  wantedFilesOf,
  type FileNode,
  type FolderNode,
  type PriorityChange,
  type TreeNode,
} from "./file-tree.ts";
import { isPlayable } from "./media-names.ts";

/** Lines of a folder that are drawn at once; a button shows further ones. */
const linesAtOnce = 200;

/** Acts of the lines. */
export interface FileActs {
  readonly isOpen: (path: string) => boolean;
  readonly toggle: (path: string) => void;
  readonly change: (priorities: readonly PriorityChange[]) => void;
  readonly play: (file: number, name: string) => void;
}

interface LinesProps {
  readonly nodes: readonly TreeNode[];
  readonly acts: FileActs;
  /** The name of the list. */
  readonly label: string;
}

/** The lines. */
export function FileLines({ acts, label, nodes }: LinesProps): VNode {
  const [most, setMost] = useState(linesAtOnce);
  const hidden = nodes.length - most;
  return (
    <ul class="file-lines" aria-label={label}>
      {nodes.slice(0, most).map((node) => (
        <li key={`${node.kind} ${node.name}`}>
          <Line node={node} acts={acts} />
          {node.kind === "folder" && acts.isOpen(node.path) && (
            <FileLines
              nodes={node.children}
              acts={acts}
              label={texts.details.openFolder(cleaned(node.name))}
            />
          )}
        </li>
      ))}
      {hidden > 0 && (
        <li>
          <button type="button" class="quiet" onClick={() => setMost(most + linesAtOnce)}>
            {texts.details.moreFiles(shown.count(Math.min(hidden, linesAtOnce)))}
          </button>
        </li>
      )}
    </ul>
  );
}

function Line({ acts, node }: { readonly node: TreeNode; readonly acts: FileActs }): VNode {
  const { haveBytes, lengthBytes } = node;
  const share = lengthBytes === 0 ? 1 : haveBytes / lengthBytes;
  return (
    <div class="file-line">
      <Wanted node={node} acts={acts} />
      {node.kind === "folder" ? <FolderName node={node} acts={acts} /> : <FileName node={node} />}
      <span class="file-share">
        {texts.details.shareOf(shown.share(share), shown.size(lengthBytes))}
      </span>
      {mayControl.value ? <Priority node={node} acts={acts} /> : <PriorityText node={node} />}
      {node.kind === "file" && isPlayable(node.name) && node.priority > 0 && (
        <button
          type="button"
          class="quiet"
          aria-label={texts.details.playFile(cleaned(node.name))}
          onClick={() => acts.play(node.file, node.name)}
        >
          {texts.details.play}
        </button>
      )}
    </div>
  );
}

/** The box of a folder some of whose files are wanted is neither checked nor empty. */
function Wanted({
  acts,
  node,
}: {
  readonly node: TreeNode;
  readonly acts: FileActs;
}): VNode | null {
  const box = useRef<HTMLInputElement>(null);
  const wanted = wantedFilesOf(node);
  const all = node.kind === "folder" ? node.files : 1;
  const isMixed = wanted > 0 && wanted < all;
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = isMixed;
  }, [isMixed]);
  if (!mayControl.value) return null;
  return (
    <input
      type="checkbox"
      ref={box}
      checked={wanted > 0 && !isMixed}
      aria-label={texts.details.wanted(cleaned(node.name))}
      onChange={(event) => acts.change(wantedChanges(node, event.currentTarget.checked))}
    />
  );
}

function FolderName({ acts, node }: { readonly node: FolderNode; readonly acts: FileActs }): VNode {
  const { files, name, path } = node;
  const isOpen = acts.isOpen(path);
  const count = texts.details.filesIn(files, shown.count(files));
  return (
    <button
      type="button"
      class="folder-name quiet"
      aria-expanded={isOpen}
      onClick={() => acts.toggle(path)}
    >
      <span class="twisty" aria-hidden="true" />
      <span class="file-name" translate={false}>
        {cleaned(name)}
      </span>
      <span class="help">{count}</span>
    </button>
  );
}

function FileName({ node: { name } }: { readonly node: FileNode }): VNode {
  return (
    <span class="file-name" translate={false}>
      {cleaned(name)}
    </span>
  );
}

function Priority({ acts, node }: { readonly node: TreeNode; readonly acts: FileActs }): VNode {
  const isWanted = wantedFilesOf(node) > 0;
  const priority = isWanted ? node.priority : undefined;
  const values = Object.entries(priorityChoices);
  const isOther = priority !== undefined && !values.some(([, value]) => value === priority);
  const { details } = texts;
  return (
    <select
      aria-label={details.priorityOf(cleaned(node.name))}
      disabled={!isWanted}
      value={priority === undefined ? "" : String(priority)}
      onChange={({ currentTarget }) => {
        if (currentTarget.value !== "")
          acts.change(priorityChanges(node, Number(currentTarget.value)));
      }}
    >
      {priority === undefined && (
        <option value="">{isWanted ? details.mixedPriorities : details.notWanted}</option>
      )}
      {isOther && <option value={priority}>{details.otherPriority(shown.count(priority))}</option>}
      {values.map(([name, value]) => (
        <option key={name} value={value}>
          {details.priorities[name as keyof typeof priorityChoices]}
        </option>
      ))}
    </select>
  );
}

function PriorityText({ node }: { readonly node: TreeNode }): VNode | null {
  const isWanted = wantedFilesOf(node) > 0;
  return isWanted ? null : <span class="help">{texts.details.notWanted}</span>;
}
