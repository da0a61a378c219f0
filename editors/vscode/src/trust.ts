import { closeSync, openSync, readlinkSync, readSync, realpathSync } from "node:fs";
import path from "node:path";

const LINK_LIMIT = 40;
const SHEBANG_LIMIT = 4096;

/**
 * What forbids to start a file: the workspace folder that it, a link on the way to it, or the interpreter that its first
 * line names lies in; undefined where none of them lies in any of the folders.
 */
export function folderOf(file: string, folders: readonly string[]): string | undefined {
  for (const place of waysTo(file)) {
    const folder = folders.find((candidate) => [candidate, real(candidate)].some((root) => isWithin(place, root)));
    if (folder !== undefined) {
      return folder;
    }
  }
  const interpreter = shebang(file);
  return interpreter === undefined ? undefined : folderOf(interpreter, folders);
}

/** The file, every link that leads on from it, and where it lies in the end, all absolute. */
function waysTo(file: string): string[] {
  const ways: string[] = [];
  let place = path.resolve(file);
  for (let count = 0; count < LINK_LIMIT; count += 1) {
    ways.push(place, path.join(real(path.dirname(place)), path.basename(place)));
    const target = linkTarget(place);
    if (target === undefined) {
      break;
    }
    place = path.resolve(path.dirname(place), target);
  }
  return [...ways, real(file)];
}

function isWithin(place: string, folder: string): boolean {
  const relative = path.relative(folder, place);
  return relative === "" || (!path.isAbsolute(relative) && relative.split(path.sep)[0] !== "..");
}

function real(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    return path.resolve(place);
  }
}

function linkTarget(place: string): string | undefined {
  try {
    return readlinkSync(place);
  } catch {
    return undefined;
  }
}

/** The absolute path that the first line of a script names; undefined for other files. */
function shebang(file: string): string | undefined {
  try {
    const descriptor = openSync(file, "r");
    try {
      const start = Buffer.alloc(SHEBANG_LIMIT);
      const length = readSync(descriptor, start, 0, SHEBANG_LIMIT, 0);
      return /^#!\s*(\/\S+)/.exec(start.toString("utf8", 0, length))?.[1];
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
