// docs/benchmarks.md: a head, and a section a row. A row that was not measured keeps its section.

/** A row's new section. */
export interface Section {
  readonly row: string;
  readonly text: string;
  /** Whether every contestant of the row was measured: another section replaces none, and is taken where there is none. */
  readonly isWhole: boolean;
}

const head = `# Benchmarks against other clients

\`pnpm bench:compare --write-docs\` writes this page; bench/README.md explains it. Each figure is the median of the runs, with the
smallest and the largest in parentheses. MB are 10⁶ bytes. CPU-s/GiB are user and system seconds of all threads and children.
Clients that map their files have their content in the peak RSS; their anonymous memory is what they hold. Each row has its
own date, because rows are measured apart; figures of different rows are comparable only in their ratios.`;

const mark = (row: string): string => `<!-- row ${row} -->`;

/**
 * Puts new sections into a page.
 *
 * @param page The page so far; undefined for a new one.
 * @param order Names of all rows, as they follow each other on the page. Sections of other rows are dropped.
 */
export function mergePage(
  page: string | undefined,
  sections: readonly Section[],
  order: readonly string[],
): string {
  const texts = sectionsOf(page ?? "");
  for (const { row, text, isWhole } of sections) {
    if (isWhole || !texts.has(row)) texts.set(row, text);
  }
  const kept = order.flatMap((row) => {
    const text = texts.get(row);
    return text === undefined ? [] : [`${mark(row)}\n${text}`];
  });
  return `${[head, ...kept].join("\n\n")}\n`;
}

function sectionsOf(page: string): Map<string, string> {
  const [, ...parts] = page.split(/^<!-- row (\S+) -->$/m);
  const texts = new Map<string, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    texts.set(parts[at] ?? "", (parts[at + 1] ?? "").trim());
  }
  return texts;
}
