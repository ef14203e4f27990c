/** A table of Markdown. @param lines Rows of as many cells as there are titles. */
export function markdownTable(
  titles: readonly string[],
  lines: readonly (readonly string[])[],
): string {
  const cell = (text: string): string => text.replaceAll("|", String.raw`\|`);
  return [titles, titles.map(() => "---"), ...lines]
    .map((cells) => `| ${cells.map(cell).join(" | ")} |`)
    .join("\n");
}
