/** A configuration of the editor, as far as it is asked here. */
export interface Configuration {
  get: (key: string) => unknown;
  inspect: (key: string) => Layers | undefined;
}

interface Layers {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

interface Surroundings {
  readonly folder: string | undefined;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The values of those keys that somebody has set, in whichever layer. */
export function explicit(configuration: Configuration, keys: readonly string[]): Record<string, unknown> {
  const set = keys.filter((key) => {
    const layers = configuration.inspect(key);
    return [layers?.globalValue, layers?.workspaceValue, layers?.workspaceFolderValue].some((value) => value !== undefined);
  });
  return Object.fromEntries(set.map((key) => [key, configuration.get(key)]));
}

/** Text with `${workspaceFolder}`, `${userHome}`, `${env:NAME}` and a leading `~/` put in; others stay as they are. */
export function expand(text: string, around: Surroundings): string {
  return text
    .replace(/^~(?=[\\/])/, around.home)
    .replace(/\$\{(workspaceFolder|userHome|env:(\w+))\}/g, (whole, name: string, variable?: string) => {
      if (name === "userHome") {
        return around.home;
      }
      if (name === "workspaceFolder") {
        return around.folder ?? whole;
      }
      return around.environment[variable ?? ""] ?? "";
    });
}

/** The options of `whysafe check` that say the same as settings of the editor. */
export function checkOptions(settings: Readonly<Record<string, unknown>>): string[] {
  const single = { minSeverity: "--min-severity", confidence: "--min-confidence", programType: "--program-type" };
  const options = Object.entries(single).flatMap(([key, option]) => {
    const value = settings[key];
    return typeof value === "string" && value !== "" ? [`${option}=${value}`] : [];
  });
  const select = settings["select"];
  const names = Array.isArray(select) ? select.filter((name): name is string => typeof name === "string") : [];
  return names.length > 0 ? [...options, `--select=${names.join(",")}`] : options;
}
