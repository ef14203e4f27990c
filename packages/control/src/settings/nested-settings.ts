/** Settings as options are: those of a folder, such as `goals.ratio`, are in an object of their own. */
export function nestedSettings(values: object): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const [folder = name, leaf] = name.split(".", 2);
    options[folder] =
      leaf === undefined ? value : { ...(options[folder] as object), [leaf]: value };
  }
  return options;
}
