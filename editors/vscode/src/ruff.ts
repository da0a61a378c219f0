import { parse } from "smol-toml";

/** Where Ruff is told what to look for; in `pyproject.toml` below a table of its own. */
export const RUFF_FILES = ["ruff.toml", ".ruff.toml", "pyproject.toml"] as const;
export type RuffFile = (typeof RUFF_FILES)[number];

/** The lines that leave weaknesses to whysafe, where they belong. */
export function linesFor(file: RuffFile): string {
  const table = file === "pyproject.toml" ? "tool.ruff.lint" : "lint";
  return `[${table}]\nignore = ["S"]`;
}

/** Whether the text of a settings file has Ruff look for weaknesses, and does not leave all of them out again. */
export function selectsWeaknesses(file: RuffFile, text: string): boolean {
  const ruff = settingsOf(file, text);
  const lint = tableIn(ruff, "lint");
  const names = (key: string): string[] => [...namesIn(ruff, key), ...namesIn(ruff, `extend-${key}`)]
    .concat(namesIn(lint, key), namesIn(lint, `extend-${key}`));
  const selected = names("select").filter((name) => name === "ALL" || isWeakness(name));
  // Ruff lets the longer name win: "S101" is looked for although "S" is left out.
  return selected.some((name) => isOne(name) || !names("ignore").includes("S"));
}

/** Whether a rule of Ruff, or a name that stands for several, is about weaknesses: S, S1, S602, but neither SIM nor SLF. */
export function isWeakness(name: string): boolean {
  return /^S\d*$/.test(name);
}

function isOne(name: string): boolean {
  return /^S\d+$/.test(name);
}

type Table = Readonly<Record<string, unknown>>;

function settingsOf(file: RuffFile, text: string): Table {
  try {
    const settings: Table = parse(text);
    return file === "pyproject.toml" ? tableIn(tableIn(settings, "tool"), "ruff") : settings;
  } catch {
    return {};
  }
}

function tableIn(table: Table, key: string): Table {
  const value = table[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function namesIn(table: Table, key: string): string[] {
  const value = table[key];
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}
