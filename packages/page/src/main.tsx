// The page: draws the frame, and opens the stream of events once the browser is logged in.

import { render } from "preact";
import { Frame } from "./frame/frame.tsx";
import { loadLater } from "./frame/later-parts.tsx";
import { startFeed } from "./state/feed.ts";
import { startWait } from "./state/first-draw.ts";
import { checkSession } from "./state/session.ts";
import { whenRowsAreThere } from "./state/torrents.ts";
import { locale, texts } from "./text/text.ts";

/** The first rows are drawn by then. */
const laterMs = 500;

document.documentElement.lang = locale;
document.title = texts.frame.appName;
const root = document.getElementById("page");
if (root !== null) render(<Frame />, root);
startWait();
startFeed();
void checkSession();
// The later parts wait for the first rows: the browser would read their code first.
void whenRowsAreThere().then(() => setTimeout(() => void loadLater(), laterMs));
