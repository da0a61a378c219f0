import path from "node:path";
import { commands, ProgressLocation, Range, Uri, ViewColumn, window, workspace, type Disposable, type WebviewPanel } from "vscode";
import { readLedger } from "./cli.ts";
import type { Controller } from "./controller.ts";
import { OPEN_PLACE, page, type Part } from "./ledgerPage.ts";
import { wordsOf } from "./problem.ts";

/** All justifications of the open folders with their states, in a panel whose places lead to the code. */
export class LedgerView implements Disposable {
  private readonly controller: Controller;
  private readonly opener: Disposable;
  private panel: WebviewPanel | undefined;

  constructor(controller: Controller) {
    this.controller = controller;
    this.opener = commands.registerCommand(OPEN_PLACE, openPlace);
  }

  /** Read the ledgers and show them; what fails is said in one message. */
  async show(): Promise<void> {
    try {
      const parts = await this.read();
      if (parts !== undefined) {
        this.draw(page(parts));
      }
    } catch (error) {
      const message = wordsOf(error);
      this.controller.output.error(message);
      void window.showErrorMessage(message);
    }
  }

  dispose(): void {
    this.opener.dispose();
    this.panel?.dispose();
  }

  private async read(): Promise<Part[] | undefined> {
    const { running } = this.controller;
    const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
    if (running === undefined || folders.length === 0) {
      const reason = running === undefined ? "The whysafe server is not running." : "No folder is open.";
      void window.showInformationMessage(`${reason} There is no ledger to show.`);
      return undefined;
    }
    const options = { location: ProgressLocation.Notification, title: "whysafe: reading the justifications", cancellable: true };
    return window.withProgress(options, async (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => {
        abort.abort();
      });
      const parts: Part[] = [];
      for (const { name, uri } of folders) {
        try {
          const where = { cwd: this.controller.cwd, signal: abort.signal };
          parts.push({ name, folder: uri.fsPath, ledger: await readLedger(running.server, uri.fsPath, where) });
        } catch (error) {
          if (token.isCancellationRequested) {
            return undefined;
          }
          throw error;
        }
      }
      return parts;
    });
  }

  private draw(html: string): void {
    if (this.panel === undefined) {
      const options = { enableScripts: false, enableCommandUris: [OPEN_PLACE], localResourceRoots: [], enableFindWidget: true };
      this.panel = window.createWebviewPanel("whysafe.ledger", "Ledger of justifications", ViewColumn.Active, options);
      this.panel.onDidDispose(() => {
        this.panel = undefined;
      });
    }
    this.panel.webview.html = html;
    this.panel.reveal();
  }
}

/** Show a line, counted from 1, of a file in one of the open folders. */
async function openPlace(file: unknown, line: unknown): Promise<void> {
  if (typeof file !== "string" || typeof line !== "number" || !path.isAbsolute(file)) {
    return;
  }
  const selection = new Range(line - 1, 0, line - 1, 0);
  await window.showTextDocument(Uri.file(file), { selection, preview: true });
}
