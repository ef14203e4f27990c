import { cleanText } from "@troupe/protocol/text";
import { formatBytes, formatCount } from "../../display/units.ts";
import type { CreationPlan } from "../../engine-port.ts";

/** Files that the table names; further ones are counted. */
const mostFiles = 1_000;
const longestPath = 1_000;

/** The files of a plan with their sizes, and its pieces. */
export function planTable(plan: CreationPlan): string {
  const files = plan.files.filter(({ isPadding }) => !isPadding);
  const sizes = files.slice(0, mostFiles).map(({ lengthBytes }) => formatBytes(lengthBytes));
  const width = Math.max(...sizes.map((size) => size.length));
  const lines = files
    .slice(0, mostFiles)
    .map(
      ({ path }, at) => `${sizes[at]?.padStart(width)}  ${cleanText(path.join("/"), longestPath)}`,
    );
  if (files.length > mostFiles) lines.push(`and ${files.length - mostFiles} more files`);
  const { name, pieceCount, pieceLengthBytes, totalBytes, version } = plan;
  const pieces = `${formatCount(pieceCount, "piece")} of ${formatBytes(pieceLengthBytes)}`;
  const versions = { v1: "version 1", v2: "version 2", hybrid: "versions 1 and 2" } as const;
  return [
    `${cleanText(name, longestPath)}: ${versions[version]}, ${formatBytes(totalBytes)}, ${pieces}`,
    ...lines,
  ].join("\n");
}
