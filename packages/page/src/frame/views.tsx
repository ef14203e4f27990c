// The views by their names. A new view needs a row here, and a case of `Place` in router.ts.

import type { ComponentType, VNode } from "preact";
import { titleOfTorrent } from "../details/torrent-title.ts";
import { ListView } from "../list/list-view.tsx";
import type { Place, ViewName } from "../router.ts";
import { texts } from "../text/text.ts";
import { laterPart } from "./later-parts.tsx";

/** A view. */
interface View<Name extends ViewName> {
  /** The title of the browser's tab. */
  readonly title: (place: Extract<Place, { readonly view: Name }>) => string;
  readonly Body: ComponentType<{ readonly place: Extract<Place, { readonly view: Name }> }>;
  /** Its name in the menu. Absent: it is not there. */
  readonly menu?: string;
}

/** All views. */
export const views: { readonly [Name in ViewName]?: View<Name> } = {
  list: { title: () => texts.list.title, Body: ListView, menu: texts.frame.torrents },
  torrent: { title: titleOfTorrent, Body: laterPart((parts) => parts.DetailsView) },
  rates: {
    title: () => texts.graphs.title,
    Body: laterPart((parts) => parts.RatesView),
    menu: texts.graphs.menu,
  },
  supervision: {
    title: () => texts.supervision.title,
    Body: laterPart((parts) => parts.SupervisionView),
    menu: texts.supervision.menu,
  },
  settings: {
    title: () => texts.settings.title,
    Body: laterPart((parts) => parts.SettingsView),
    menu: texts.settings.menu,
  },
};

/** The view of a place, with the place given to it. A place without a view of its own has the list. */
export function viewOf(place: Place): { readonly title: string; readonly body: VNode } {
  const { Body, title } = (views[place.view] ?? views.list) as View<ViewName>;
  return { title: title(place), body: <Body place={place} /> };
}
