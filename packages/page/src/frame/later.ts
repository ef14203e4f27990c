// The parts of the page that the first rows do without: a file of their own, which comes after them.

export { AddDialog } from "../add/add-dialog.tsx";
export { takeFiles, takeText } from "../add/add-items.ts";
export { DetailsView } from "../details/details-view.tsx";
export { RatesView } from "../graphs/rates-view.tsx";
export { SettingsView } from "../settings/settings-view.tsx";
export { SupervisionView } from "../supervision/supervision-view.tsx";
