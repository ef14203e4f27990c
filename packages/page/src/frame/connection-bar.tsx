// A bar while the connection is lost, and a sentence when it is back.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { connection } from "../state/feed.ts";
import { texts } from "../text/text.ts";
import { announce } from "./live-region.tsx";

/** The bar; nothing while all is well. */
export function ConnectionBar(): VNode | null {
  const now = connection.value;
  const wasLost = useRef(false);
  useEffect(() => {
    if (now === "lost" && !wasLost.current) {
      wasLost.current = true;
      announce(texts.frame.connectionLost);
    }
    if (now === "live" && wasLost.current) {
      wasLost.current = false;
      announce(texts.frame.connectionBack);
    }
  }, [now]);
  return now === "lost" ? <p class="connection-bar">{texts.frame.connectionLost}</p> : null;
}
