// The files of a torrent as a tree, with what is wanted, priorities, and films to play.

import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { ask, run } from "../api/commands.ts";
import type { Failure } from "../api/result.ts";
import type { ListRow } from "../events/list-row.ts";
import { FailureLine } from "../frame/failure-line.tsx";
import { PolledState } from "../polling/polled-state.tsx";
import { usePolled, type Polled } from "../polling/use-polled.ts";
import { locale, texts } from "../text/text.ts";
import { FileLines, type FileActs } from "./file-lines.tsx";
import { fileTree, firstOpen, type GivenFile } from "./file-tree.ts";
import { Player, type Played } from "./player.tsx";

const periodMs = 3_000;
/** Torrents with more files are asked for less often: their list takes megabytes. */
const manyFiles = 2_000;
const longPeriodMs = 20_000;
const collator = new Intl.Collator(locale, { numeric: true });

/** The files. */
export function FilesTab({ row }: { readonly row: ListRow }): VNode {
  if (!row.hasMetadata) return <p>{texts.details.noFiles}</p>;
  return <KnownFiles row={row} />;
}

function KnownFiles({ row: { files, torrent } }: { readonly row: ListRow }): VNode {
  const period = files > manyFiles ? longPeriodMs : periodMs;
  const polled = usePolled(torrent, (signal) => ask("files", torrent, signal), period);
  return (
    <>
      <PolledState polled={polled} />
      {polled.value !== undefined && (
        <Tree torrent={torrent} polled={polled} files={polled.value} />
      )}
    </>
  );
}

interface TreeProps {
  readonly torrent: string;
  readonly polled: Polled<unknown>;
  readonly files: readonly GivenFile[];
}

function Tree({ files, polled, torrent }: TreeProps): VNode {
  const tree = useMemo(() => fileTree(files, collator.compare), [files]);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(firstOpen(tree)));
  const [failure, setFailure] = useState<Failure>();
  const [played, setPlayed] = useState<Played>();
  const acts: FileActs = {
    isOpen: (path) => open.has(path),
    toggle: (path) => setOpen(toggled(open, path)),
    change: (priorities) => {
      if (priorities.length === 0) return;
      void run("set-priorities", { torrent, priorities }).then((answer) => {
        setFailure(answer.kind === "failure" ? answer.failure : undefined);
        polled.again();
      });
    },
    play: (file, name) => setPlayed({ file, name }),
  };
  return (
    <>
      <FailureLine failure={failure} />
      <p class="act-line">
        <button
          type="button"
          class="quiet"
          onClick={() => setPlayed({ file: undefined, name: "" })}
        >
          {texts.details.playlist}
        </button>
      </p>
      <FileLines nodes={tree.children} acts={acts} label={texts.details.fileTree} />
      {played !== undefined && (
        <Player torrent={torrent} played={played} close={() => setPlayed(undefined)} />
      )}
    </>
  );
}

function toggled(open: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(path)) next.add(path);
  return next;
}
