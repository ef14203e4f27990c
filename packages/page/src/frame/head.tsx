// The head of the page: name, menu, add, log out.

import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { rateSums } from "../list/list-state.ts";
import { addressOf } from "../router.ts";
import { goTo, shownView } from "../state/place.ts";
import { logOut, mayControl, session } from "../state/session.ts";
import { shown } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { failureText } from "./failure-text.ts";
import { Icon } from "./icon.tsx";
import { useMeasuredHeight } from "./measured-height.ts";
import { showProblem } from "./notice.tsx";
import { views } from "./views.tsx";

/** The head. */
export function Head(): VNode {
  const caller = session.value;
  const element = useRef<HTMLElement>(null);
  useMeasuredHeight(element, "--head-height");
  return (
    <header ref={element} class="head">
      <a class="brand" href={addressOf({ view: "list" })}>
        <Icon name="brand" />
        {texts.frame.appName}
      </a>
      <nav aria-label={texts.frame.mainMenu}>
        <ul class="menu">{menu()}</ul>
      </nav>
      <Rates />
      <div class="head-acts">
        {mayControl.value && (
          <button type="button" class="primary" onClick={() => goTo({ view: "add", magnets: [] })}>
            <Icon name="add" />
            {texts.add.open}
          </button>
        )}
        {caller.kind === "in" && caller.isGuarded && (
          <button type="button" class="quiet" onClick={() => void endSession()}>
            {texts.frame.logOut}
          </button>
        )}
      </div>
    </header>
  );
}

async function endSession(): Promise<void> {
  const failure = await logOut();
  showProblem(failure && failureText(failure));
}

function Rates(): VNode {
  const { down, up } = rateSums.value;
  return (
    <p class="rates">
      <span title={texts.frame.downRate}>
        <Icon name="down" />
        <span class="visually-hidden">{texts.frame.downRate}</span> {shown.rate(down) || "0"}
      </span>
      <span title={texts.frame.upRate}>
        <Icon name="up" />
        <span class="visually-hidden">{texts.frame.upRate}</span> {shown.rate(up) || "0"}
      </span>
    </p>
  );
}

function menu(): VNode[] {
  const current = shownView();
  return (["list", "rates", "supervision", "settings"] as const).flatMap((view) => {
    const name = views[view]?.menu;
    if (name === undefined) return [];
    return [
      <li key={view}>
        <a href={addressOf({ view })} aria-current={current === view ? "page" : undefined}>
          {name}
        </a>
      </li>,
    ];
  });
}
