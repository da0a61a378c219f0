import { statSync } from "node:fs";
import { PythonExtension } from "@vscode/python-extension";
import { extensions, type Disposable, type Uri } from "vscode";
import { interpreterIn } from "./interpreter.ts";

const PYTHON_EXTENSION = "ms-python.python";

/**
 * The interpreter of the environment that is active in the Python extension; undefined without that extension.
 *
 * The environment is not resolved, because that would run its interpreter, which may lie in a folder that is not trusted.
 */
export async function activeInterpreter(folder: Uri | undefined, log: (line: string) => void): Promise<string | undefined> {
  if (extensions.getExtension(PYTHON_EXTENSION) === undefined) {
    return undefined;
  }
  try {
    const python = await PythonExtension.api();
    const { path } = python.environments.getActiveEnvironmentPath(folder);
    return isFolder(path) ? interpreterIn(path) : path;
  } catch (error) {
    log(`the Python extension does not tell its active environment: ${String(error)}`);
    return undefined;
  }
}

/** Call back when another environment becomes active. */
export async function onDidChangeActive(changed: () => void): Promise<Disposable | undefined> {
  if (extensions.getExtension(PYTHON_EXTENSION) === undefined) {
    return undefined;
  }
  try {
    const python = await PythonExtension.api();
    return python.environments.onDidChangeActiveEnvironmentPath(changed);
  } catch {
    return undefined;
  }
}

function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}
