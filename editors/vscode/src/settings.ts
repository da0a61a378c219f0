import { homedir } from "node:os";
import path from "node:path";
import { workspace, type ExtensionContext, type Uri } from "vscode";
import { explicit, expand } from "./values.ts";

const SECTION = "whysafe";

/** Settings that the extension reads itself; the server is not told of them. */
const OWN = new Set(["enable", "path", "interpreter", "trace.server"]);

/** Settings that decide which server runs; when one of them changes, the server is looked for again. */
export const LAUNCH_SETTINGS = ["enable", "path", "interpreter"].map((name) => `${SECTION}.${name}`);

export function isEnabled(): boolean {
  return workspace.getConfiguration(SECTION).get("enable", true);
}

/** A setting that names a file, made absolute; empty where it is not set. */
export function fileSetting(name: "path" | "interpreter"): string {
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
  const written = workspace.getConfiguration(SECTION).get(name, "").trim();
  const expanded = expand(written, { folder, home: homedir(), environment: process.env });
  return expanded === "" || path.isAbsolute(expanded) ? expanded : path.resolve(folder ?? homedir(), expanded);
}

/**
 * What the user has set for the server, and nothing else: a default must not win over the project's settings file, which
 * only what is set in the editor may do. `scope` is a file or folder; each folder of a workspace may have its own settings.
 */
export function serverSettings(context: ExtensionContext, scope?: Uri): Record<string, unknown> {
  return explicit(workspace.getConfiguration(SECTION, scope ?? null), serverKeys(context));
}

function serverKeys(context: ExtensionContext): string[] {
  const manifest = context.extension.packageJSON as Manifest;
  return Object.keys(manifest.contributes.configuration.properties)
    .map((key) => key.slice(SECTION.length + 1))
    .filter((key) => !OWN.has(key));
}

/** The names of the commands that the extension offers. */
export function ownCommands(context: ExtensionContext): ReadonlySet<string> {
  const manifest = context.extension.packageJSON as Manifest;
  return new Set(manifest.contributes.commands.map(({ command }) => command));
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}
