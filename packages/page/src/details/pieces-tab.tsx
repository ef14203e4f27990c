// The pieces of a torrent as a map, with its counts in words.

import type { CommandResults } from "@troupe/control/commands";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import { fromBase64 } from "../api/base64.ts";
import { ask } from "../api/commands.ts";
import type { ListRow } from "../events/list-row.ts";
import { PolledState } from "../polling/polled-state.tsx";
import { usePolled } from "../polling/use-polled.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { cellPath, pieceMap, type CellState, type PieceMap } from "./piece-map.ts";

const periodMs = 2_000;
/** The map of a torrent with 2,000,000 pieces has as few squares as that of one with 1,200. */
const mostCells = 1_200;
const columns = 40;
const states = ["had", "partly", "missing", "unwanted"] as const satisfies readonly CellState[];

/** The pieces. */
export function PiecesTab({ row }: { readonly row: ListRow }): VNode {
  if (!row.hasMetadata) return <p>{texts.details.noPieces}</p>;
  return <KnownPieces torrent={row.torrent} />;
}

function KnownPieces({ torrent }: { readonly torrent: string }): VNode {
  const polled = usePolled(torrent, (signal) => ask("pieces", torrent, signal), periodMs);
  return (
    <>
      <PolledState polled={polled} />
      {polled.value !== undefined && <Pieces given={polled.value} />}
    </>
  );
}

function Pieces({ given }: { readonly given: CommandResults["pieces"] }): VNode {
  const { had, lastPieceLengthBytes, pieceLengthBytes, pieces, wanted } = given;
  const map = useMemo(
    () => pieceMap(pieces, fromBase64(had), fromBase64(wanted), mostCells),
    [had, pieces, wanted],
  );
  const { details } = texts;
  const ofCell = details.cellOf(map.piecesOfCell, shown.count(map.piecesOfCell));
  const lengths = details.pieceLength(
    shown.size(pieceLengthBytes),
    shown.size(lastPieceLengthBytes),
  );
  return (
    <figure class="piece-figure">
      <Map map={map} pieces={pieces} />
      <figcaption>
        <ul class="piece-legend">
          {states.map((state) => (
            <li key={state}>
              <svg class={`piece-sample cell-${state}`} viewBox="0 0 1 1" aria-hidden="true">
                <path d={cellPath([state], state, 1)} />
              </svg>
              {legendText(state, map)}
            </li>
          ))}
        </ul>
        <p class="help">
          {ofCell} {lengths}
        </p>
      </figcaption>
    </figure>
  );
}

/** A square that is partly here has no count of its own: its pieces are in the others. */
function legendText(state: CellState, { counts }: PieceMap): string {
  const name = texts.details.cellStates[state];
  return state === "partly" ? name : texts.details.countOf(name, shown.count(counts[state]));
}

function Map({ map, pieces }: { readonly map: PieceMap; readonly pieces: number }): VNode {
  const { cells, counts } = map;
  const rows = Math.ceil(cells.length / columns);
  const width = Math.min(columns, cells.length);
  return (
    <svg
      class="piece-map"
      viewBox={`0 0 ${width} ${rows}`}
      role="img"
      aria-label={texts.details.pieceMap(shown.count(counts.had), shown.count(pieces))}
    >
      {states.map((state) => (
        <path key={state} class={`cell-${state}`} d={cellPath(cells, state, columns)} />
      ))}
    </svg>
  );
}
