import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { Problem, type Remedy } from "./problem.ts";
import { run } from "./process.ts";
import { folderOf } from "./trust.ts";
import { compatible, series } from "./version.ts";

/** How the server is started: `command ...args server`. */
export interface Server {
  readonly command: string;
  readonly args: readonly string[];
  /** Where it was found, for people. */
  readonly origin: string;
}

/** Where a server may be, and what may be started. */
export interface Places {
  /** The settings `whysafe.path` and `whysafe.interpreter`; empty where they are not set. */
  readonly path: string;
  readonly interpreter: string;
  /** The interpreter of the active Python environment. */
  readonly active: string | undefined;
  /** The folders in which programs are looked for, from PATH. */
  readonly search: readonly string[];
  /** The interpreter of the extension's own environment, which need not exist. */
  readonly own: string;
  /** Folders in which nothing may be started: those of a workspace that is not trusted. */
  readonly forbidden: readonly string[];
  /** The version of the extension. */
  readonly version: string;
  /** A folder of our own in which programs are started. */
  readonly cwd: string;
  readonly log: (line: string) => void;
}

export interface Python {
  readonly command: string;
  /** Major and minor version. */
  readonly python: readonly [number, number];
  /** Version and file of the installed whysafe, if any. */
  readonly whysafe: { readonly version: string; readonly file: string } | undefined;
}

export const OLDEST: readonly [number, number] = [3, 10];
const NEWEST_NAMED = 15;
const PROBE_SECONDS = 20;
const PROBE = `
import importlib.util, json, sys
found = importlib.util.find_spec("whysafe")
whysafe = None
if found is not None and found.origin:
    from importlib import metadata
    try:
        whysafe = {"version": metadata.version("whysafe"), "file": found.origin}
    except metadata.PackageNotFoundError:
        pass
print()
print(json.dumps({"python": list(sys.version_info[:2]), "whysafe": whysafe}))
`;

/** The server to start. What the user has set is taken or refused; else the first place that has a fitting one. */
export async function findServer(places: Places): Promise<Server> {
  if (places.path !== "") {
    return fromPath(places);
  }
  if (places.interpreter !== "") {
    return fromInterpreter(places);
  }
  const notes: string[] = [];
  const noting: Places = {
    ...places,
    log: (line) => {
      notes.push(line);
      places.log(line);
    },
  };
  const server = (await fromActive(noting)) ?? (await fromSearch(noting)) ?? (await fromOwn(noting));
  if (server === undefined) {
    throw nothingFound(places, notes);
  }
  return server;
}

/** A Python that can make virtual environments for whysafe. */
export async function findPython(places: Places): Promise<string> {
  const named = Array.from({ length: NEWEST_NAMED - OLDEST[1] + 1 }, (_, index) => `python3.${NEWEST_NAMED - index}`);
  const onPath = ["python3", "python", ...named].flatMap((name) => which(name, places.search));
  let tooOld: Python | undefined;
  for (const command of [places.interpreter, places.active, ...onPath]) {
    const python = command ? await look(command, places) : undefined;
    if (python !== undefined && isNewEnough(python)) {
      return python.command;
    }
    tooOld ??= python;
  }
  const found = tooOld === undefined ? "none was found" : `the one at ${tooOld.command} is ${tooOld.python.join(".")}`;
  throw new Problem(
    `whysafe needs Python ${OLDEST.join(".")} or later, and ${found}. Install one, or name it in the setting ` +
      "`whysafe.interpreter`.",
    "settings",
  );
}

function fromPath(places: Places): Server {
  const inside = folderOf(places.path, places.forbidden);
  if (inside !== undefined) {
    throw untrusted("whysafe.path", places.path);
  }
  if (!isProgram(places.path)) {
    throw new Problem(`\`whysafe.path\` names ${places.path}, which is no program. Correct or clear it.`, "settings");
  }
  return { command: places.path, args: [], origin: "the setting whysafe.path" };
}

async function fromInterpreter(places: Places): Promise<Server> {
  const { interpreter } = places;
  if (folderOf(interpreter, places.forbidden) !== undefined) {
    throw untrusted("whysafe.interpreter", interpreter);
  }
  const python = await look(interpreter, places);
  const setting = `\`whysafe.interpreter\` names ${interpreter}`;
  if (python === undefined) {
    throw new Problem(`${setting}, which does not run as Python. Correct or clear it.`, "settings", "output");
  }
  if (!isNewEnough(python)) {
    const version = python.python.join(".");
    throw new Problem(`${setting}: Python ${version}, and whysafe needs ${OLDEST.join(".")} or later.`, "settings");
  }
  if (python.whysafe === undefined) {
    const pip = `${interpreter} -m pip install whysafe`;
    throw new Problem(`${setting}, where whysafe is not installed. Run \`${pip}\`, or clear the setting.`, "settings");
  }
  if (folderOf(python.whysafe.file, places.forbidden) !== undefined) {
    throw untrusted("whysafe.interpreter", python.whysafe.file);
  }
  return asServer(interpreter, "the setting whysafe.interpreter");
}

async function fromActive(places: Places): Promise<Server | undefined> {
  return places.active === undefined ? undefined : fitting(places.active, "the active Python environment", places);
}

async function fromSearch(places: Places): Promise<Server | undefined> {
  for (const command of which("whysafe", places.search)) {
    if (refused(command, places)) {
      continue;
    }
    const answer = await run(command, ["--version"], { cwd: places.cwd, seconds: PROBE_SECONDS });
    const version = /^whysafe (\S+)/m.exec(answer.stdout)?.[1];
    if (compatible(places.version, version)) {
      return { command, args: [], origin: "PATH" };
    }
    places.log(`${command} is whysafe ${version ?? "of unknown version"}; passed over`);
  }
  return undefined;
}

/** The extension's own environment, which must have exactly the extension's version: it is ours to renew. */
async function fromOwn(places: Places): Promise<Server | undefined> {
  if (!isProgram(places.own)) {
    return undefined;
  }
  const python = await look(places.own, places);
  if (python?.whysafe?.version !== places.version) {
    places.log(`the extension's own environment has ${python?.whysafe ? `whysafe ${python.whysafe.version}` : "no whysafe"}`);
    return undefined;
  }
  return asServer(places.own, "the extension's own environment");
}

async function fitting(interpreter: string, origin: string, places: Places): Promise<Server | undefined> {
  const python = await look(interpreter, places);
  if (python?.whysafe === undefined || refused(python.whysafe.file, places)) {
    return undefined;
  }
  if (!compatible(places.version, python.whysafe.version)) {
    places.log(`${interpreter} has whysafe ${python.whysafe.version}; passed over`);
    return undefined;
  }
  return asServer(interpreter, origin);
}

/** What is installed there, found out without importing whysafe; undefined where it may not or does not run. */
async function look(interpreter: string, places: Places): Promise<Python | undefined> {
  if (!isProgram(interpreter) || refused(interpreter, places)) {
    return undefined;
  }
  const answer = await run(interpreter, ["-I", "-c", PROBE], { cwd: places.cwd, seconds: PROBE_SECONDS });
  try {
    const last = answer.stdout.trimEnd().split("\n").at(-1) ?? "";
    const { python, whysafe } = JSON.parse(last) as Omit<Python, "command">;
    return { command: interpreter, python, whysafe: whysafe ?? undefined };
  } catch {
    places.log(`${interpreter} does not run as Python: ${answer.stderr.trim().split("\n").at(-1) ?? ""}`);
    return undefined;
  }
}

function asServer(interpreter: string, origin: string): Server {
  return { command: interpreter, args: ["-I", "-m", "whysafe"], origin };
}

function refused(file: string, places: Places): boolean {
  const folder = folderOf(file, places.forbidden);
  if (folder !== undefined) {
    places.log(`${file} is not started: it leads into ${folder}, which is not trusted`);
  }
  return folder !== undefined;
}

function untrusted(setting: string, file: string): Problem {
  return new Problem(
    `\`${setting}\` leads to ${file}, inside a folder that you have not trusted, so it is not started. Trust the ` +
      "folder, or name a program outside of it.",
    "trust",
    "settings",
  );
}

function nothingFound(places: Places, notes: readonly string[]): Problem {
  const where = places.active === undefined ? "on PATH" : "in the active Python environment or on PATH";
  const seen = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  const trust: readonly Remedy[] = seen.includes("not trusted") ? ["trust"] : [];
  return new Problem(
    `whysafe ${series(places.version)} was not found ${where}${seen}. The extension can install it into an environment of its ` +
      "own; that needs the package index once.",
    "install",
    ...trust,
    "settings",
  );
}

function isNewEnough({ python }: Python): boolean {
  return python[0] > OLDEST[0] || (python[0] === OLDEST[0] && python[1] >= OLDEST[1]);
}

/** The programs of that name in the folders, in their order; relative folders are passed over. */
export function which(name: string, folders: readonly string[]): string[] {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  const absolute = folders.filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, file));
  return [...new Set(absolute)].filter(isProgram);
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return path.isAbsolute(file) && statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The interpreter of a virtual environment. */
export function interpreterIn(environment: string): string {
  return process.platform === "win32" ? path.join(environment, "Scripts", "python.exe") : path.join(environment, "bin", "python");
}
