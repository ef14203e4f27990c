// The offer to open magnet links of other pages with this one.

import type { VNode } from "preact";
import { texts } from "../text/text.ts";

/** The offer; a sentence where the browser does not allow it. */
export function MagnetHandler(): VNode {
  if (!isSecureContext || typeof navigator.registerProtocolHandler !== "function")
    return <p class="help">{texts.add.handlerHidden}</p>;
  return (
    <button type="button" class="quiet handler" onClick={register}>
      {texts.add.handler}
    </button>
  );
}

function register(): void {
  const address = `${document.baseURI.replace(/[?#].*$/s, "")}#/add?magnet=%s`;
  navigator.registerProtocolHandler("magnet", address);
}
