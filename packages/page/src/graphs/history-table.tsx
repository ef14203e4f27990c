import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { ScrolledTable } from "../frame/scrolled-table.tsx";
import { rateText, shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { historyRows, type HistoryColumns, type SpanName } from "./history.ts";

interface TableProps {
  readonly columns: HistoryColumns;
  readonly span: SpanName;
  readonly rowText: (ms: number) => string;
}

/** The history as a table that unfolds. A closed one makes no rows. */
export function HistoryTable({ columns, rowText, span }: TableProps): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="history-table"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{texts.graphs.table}</summary>
      {isOpen && <Rows columns={columns} span={span} rowText={rowText} />}
    </details>
  );
}

function Rows({ columns, rowText, span }: TableProps): VNode {
  const titles = [
    ...[texts.graphs.time, texts.graphs.downTotal, texts.graphs.upTotal],
    ...[texts.graphs.downRate, texts.graphs.upRate],
  ];
  const rate = (bytes: number, measuredMs: number): string =>
    rateText((bytes * 1_000) / measuredMs);
  return (
    <ScrolledTable label={texts.graphs.table} titles={titles}>
      {historyRows(columns, span).map(({ downBytes, measuredMs, startMs, upBytes }) => (
        <tr key={startMs}>
          <th scope="row">{rowText(startMs)}</th>
          <td>{shown.size(downBytes)}</td>
          <td>{shown.size(upBytes)}</td>
          <td>{rate(downBytes, measuredMs)}</td>
          <td>{rate(upBytes, measuredMs)}</td>
        </tr>
      ))}
    </ScrolledTable>
  );
}
