// All texts of the page, by areas, in the language of the browser. There is English, and the pseudo-locale `en-XA`.

import { addTexts } from "./add-texts.ts";
import { detailsTexts } from "./details-texts.ts";
import { frameTexts } from "./frame-texts.ts";
import { graphTexts } from "./graph-texts.ts";
import { actTexts, listTexts } from "./list-texts.ts";
import { pseudoTable } from "./pseudo-locale.ts";
import { settingsTexts } from "./settings-texts.ts";
import { supervisionTexts } from "./supervision-texts.ts";

const english = {
  frame: frameTexts,
  list: listTexts,
  acts: actTexts,
  add: addTexts,
  details: detailsTexts,
  graphs: graphTexts,
  settings: settingsTexts,
  supervision: supervisionTexts,
};

/** The language of the browser, for numbers, dates and sizes. */
export const locale: string = navigator.language;

/** Texts of the page. */
export const texts: typeof english = locale === "en-XA" ? pseudoTable(english) : english;
