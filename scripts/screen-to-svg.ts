// A terminal's screen as a picture: `tmux capture-pane -e -p | node scripts/screen-to-svg.ts COLUMNS > screen.svg`.
// Knows the few colours that the display uses. Text stays text: it can be searched and copied.

import { readFileSync } from "node:fs";
import { columnsOf } from "../packages/cli/src/display/text-width.ts";

const cell = { width: 8.4, height: 17 };
const margin = 10;
const colours: Readonly<Record<number, string>> = {
  31: "#f07178",
  32: "#a5d46a",
  33: "#e6b450",
  36: "#59c2d6",
};
const paper = "#10141c";
const ink = "#c7cad1";

interface Look {
  readonly colour: string;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

const plain: Look = { colour: ink, isBold: false, isDim: false };
const columns = Number(process.argv[2] ?? 80);
/** It continues from line to line. */
let look = plain;
const lines = readFileSync(0, "utf8").trimEnd().split("\n");

const rows = lines.map((line, row) => drawLine(line, margin + (row + 0.78) * cell.height));
const width = Math.ceil(2 * margin + columns * cell.width);
const height = Math.ceil(2 * margin + lines.length * cell.height);
process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" rx="6" fill="${paper}"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
${rows.filter((row) => row !== "").join("\n")}
</g>
</svg>
`);

/** One line: a text element for each run of one look, stretched to the columns that it takes. */
function drawLine(line: string, y: number): string {
  let column = 0;
  const texts: string[] = [];
  const [first = "", ...others] = line.split("\u001b[");
  for (const [at, part] of [`m${first}`, ...others].entries()) {
    const end = part.indexOf("m");
    if (at > 0) look = changed(look, part.slice(0, end));
    const text = part.slice(end + 1);
    const taken = columnsOf(text);
    if (text.trim() !== "") texts.push(drawRun(text, look, { column, taken, y }));
    column += taken;
  }
  return texts.join("");
}

function drawRun(
  text: string,
  { colour, isBold, isDim }: Look,
  { column, taken, y }: { readonly column: number; readonly taken: number; readonly y: number },
): string {
  const x = margin + column * cell.width;
  const weight = isBold ? ` font-weight="bold"` : "";
  const shade = isDim ? ` opacity="0.55"` : "";
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const length = (taken * cell.width).toFixed(1);
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${colour}"${weight}${shade} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped}</text>`;
}

/** Select graphic rendition: 0 all off, 1 bold, 2 dim, 22 neither, 3x a colour, 39 the usual one; what is behind the text (4x) stays. */
function changed(look: Look, codes: string): Look {
  let next = look;
  for (const code of codes.split(";").map(Number)) {
    if (code === 0) next = plain;
    else if (code === 1) next = { ...next, isBold: true };
    else if (code === 2) next = { ...next, isDim: true };
    else if (code === 22) next = { ...next, isBold: false, isDim: false };
    else if (code < 40) next = { ...next, colour: colours[code] ?? ink };
  }
  return next;
}
