// Small pictures as SVG elements, drawn in the colour of the text. They say nothing that the text beside them does not say.

import type { VNode } from "preact";

/** Paths in a square of 16. */
const paths = {
  brand: "M2 3h12M8 3v10M4 13h8",
  add: "M8 3v10M3 8h10",
  start: "M5 3l8 5-8 5z",
  stop: "M4 4h8v8H4z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  remove: "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 8.5h6l.5-8.5",
  check: "M3 8.5l3.5 3.5L13 4.5",
  down: "M8 3v9M4 8.5L8 12.5l4-4",
  up: "M8 13V4M4 7.5L8 3.5l4 4",
  top: "M3 3h10M8 13V6M5 8.5L8 5.5l3 3",
  bottom: "M3 13h10M8 3v7M5 7.5l3 3 3-3",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  filter: "M2 4h12M4.5 8h7M7 12h2",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.8 10.8L14 14",
  error: "M8 2.5l6.5 11h-13zM8 6.5v3.5M8 12h.01",
  queued: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3l2 2",
  close: "M4 4l8 8M12 4l-8 8",
  back: "M13 8H3M7 4L3 8l4 4",
  peers:
    "M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 3.2a2.5 2.5 0 0 1 0 4.6M12 9.9c1.5.6 2.5 1.9 2.5 3.6",
  ratio: "M5 13V3M2.5 5.5L5 3l2.5 2.5M11 3v10M8.5 10.5L11 13l2.5-2.5",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  edit: "M3 13l.6-2.7L11 3l2 2-7.3 7.4z",
} as const;

/** The name of a picture. */
export type IconName = keyof typeof paths;

/** A picture. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
