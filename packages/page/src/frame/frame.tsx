// The frame around all views: head, connection, login.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useDropTarget } from "../add/drop-target.ts";
import { LoginView } from "../login/login-view.tsx";
import type { ViewName } from "../router.ts";
import { isDrawn } from "../state/first-draw.ts";
import { place, shownView } from "../state/place.ts";
import { checkSession, session } from "../state/session.ts";
import { texts } from "../text/text.ts";
import { ConnectionBar } from "./connection-bar.tsx";
import { Head } from "./head.tsx";
import { LiveRegion } from "./live-region.tsx";
import { Notice } from "./notice.tsx";
import { viewOf } from "./views.tsx";

/** A service that gave no answer is asked again after this time. */
const retryMs = 1_000;

/** The whole page. */
export function Frame(): VNode {
  return (
    <>
      <Content />
      <LiveRegion />
    </>
  );
}

function Content(): VNode | null {
  if (!isDrawn.value && session.value.kind !== "out") return null;
  switch (session.value.kind) {
    case "unknown":
      return <Waiting />;
    case "out":
      return <LoginView />;
    case "in":
      return <Shell />;
  }
}

function Waiting(): VNode {
  useEffect(() => {
    const timer = setInterval(() => void checkSession(), retryMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <main class="waiting">
      <h1 class="visually-hidden">{texts.frame.appName}</h1>
      <p>{texts.frame.loading}</p>
    </main>
  );
}

function Shell(): VNode {
  useDropTarget();
  const { body, title } = viewOf(place.value);
  useNewView(shownView());
  useEffect(() => {
    document.title = `${title} · ${texts.frame.appName}`;
  }, [title]);
  return (
    <div class="shell">
      <a class="skip-link" href="#content" onClick={focusContent}>
        {texts.frame.skipToContent}
      </a>
      <Head />
      <ConnectionBar />
      <Notice />
      <main id="content" tabIndex={-1}>
        {body}
      </main>
    </div>
  );
}

/** A view that takes the place of another one begins at its top, and with the focus. */
function useNewView(view: ViewName): void {
  const before = useRef(view);
  useEffect(() => {
    if (before.current === view) return;
    before.current = view;
    if (view !== "list") scrollTo({ top: 0, behavior: "instant" });
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [view]);
}

/** The address is that of the view: the link moves the focus alone. */
function focusContent(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
