import { commands, env, languages, Uri, window, workspace, type Disposable, type ExtensionContext } from "vscode";
import { codeOf } from "./counts.ts";
import { isWeakness, linesFor, RUFF_FILES, selectsWeaknesses, type RuffFile } from "./ruff.ts";

const ANSWERED = "ruffOffered";
const SHOW = "Show the lines";
const COPY = "Copy the lines";

/**
 * Tells the user once, ever, that Ruff underlines the same weaknesses a second time, where it does: where its settings
 * select them, or where it is seen to report them beside us. What is done about it is the user's; nothing is written.
 */
export class RuffOffer implements Disposable {
  private readonly context: ExtensionContext;
  private readonly listener: Disposable | undefined;
  private hasReadSettings = false;

  constructor(context: ExtensionContext) {
    this.context = context;
    if (context.globalState.get(ANSWERED) !== true) {
      this.listener = languages.onDidChangeDiagnostics(({ uris }) => void this.look(uris));
    }
  }

  dispose(): void {
    this.listener?.dispose();
  }

  private async look(uris: readonly Uri[]): Promise<void> {
    const ours = uris.filter((uri) => languages.getDiagnostics(uri).some(({ source }) => source === "whysafe"));
    if (ours.length === 0) {
      return;
    }
    const isFirst = !this.hasReadSettings;
    this.hasReadSettings = true;
    if (ours.some(hasWeaknessesOfRuff) || (isFirst && (await selectingFile()) !== undefined)) {
      await this.offer();
    }
  }

  private async offer(): Promise<void> {
    if (this.context.globalState.get(ANSWERED) === true) {
      return;
    }
    this.dispose();
    await this.context.globalState.update(ANSWERED, true);
    const words =
      "Ruff's S rules look for some of the same weaknesses as whysafe, and underline them a second time. Two lines in " +
      "Ruff's settings leave them to whysafe.";
    if ((await window.showInformationMessage(words, SHOW, "Keep both")) === SHOW) {
      await commands.executeCommand("whysafe.besideRuff");
    }
  }
}

/** Show the lines, for the settings file that Ruff is told by, and offer to copy them. */
export async function showLines(): Promise<void> {
  const file = (await selectingFile()) ?? "pyproject.toml";
  const lines = linesFor(file);
  const message = `To leave Ruff's S rules to whysafe, in ${file}:`;
  if ((await window.showInformationMessage(message, { modal: true, detail: lines }, COPY)) === COPY) {
    await env.clipboard.writeText(`${lines}\n`);
  }
}

/** The name of the first settings file of Ruff in the open folders that selects weaknesses. */
async function selectingFile(): Promise<RuffFile | undefined> {
  for (const { uri } of workspace.workspaceFolders ?? []) {
    for (const name of RUFF_FILES) {
      if (selectsWeaknesses(name, await textOf(Uri.joinPath(uri, name)))) {
        return name;
      }
    }
  }
  return undefined;
}

async function textOf(uri: Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return "";
  }
}

function hasWeaknessesOfRuff(uri: Uri): boolean {
  return languages.getDiagnostics(uri).some((item) => item.source?.toLowerCase() === "ruff" && isWeakness(codeOf(item)));
}
