import type { ComponentChildren, VNode } from "preact";

interface TableProps {
  /** The name of the table. */
  readonly label: string;
  readonly titles: readonly string[];
  readonly children: ComponentChildren;
}

/** A table of figures, which scrolls within its place where it is wider. */
export function ScrolledTable({ children, label, titles }: TableProps): VNode {
  return (
    // A keyboard scrolls only what has the focus.
    <div class="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
