import type { VNode } from "preact";

/** A text whose parts between backticks are code. */
export function CodeText({ text }: { readonly text: string }): VNode {
  return (
    <>
      {text
        .split("`")
        .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
    </>
  );
}
