import { commands, EventEmitter, languages, Uri, window, workspace, type Disposable, type TextDocumentContentProvider } from "vscode";
import type { Controller } from "./controller.ts";
import { codeOf } from "./counts.ts";
import { listRules } from "./cli.ts";
import { wordsOf } from "./problem.ts";

const SCHEME = "whysafe-rule";

/** Pages of rules as Markdown, from the server that runs; they need no network. */
export class RulePages implements TextDocumentContentProvider, Disposable {
  private readonly controller: Controller;
  private readonly changed = new EventEmitter<Uri>();
  private readonly registration: Disposable;
  readonly onDidChange = this.changed.event;

  constructor(controller: Controller) {
    this.controller = controller;
    this.registration = workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const rule = uri.path.replace(/^\/|\.md$/g, "");
    const running = this.controller.running;
    if (running === undefined) {
      return "The whysafe server is not running.";
    }
    try {
      return await running.client.sendRequest<string>("workspace/executeCommand", { command: "whysafe.explain", arguments: [rule] });
    } catch (error) {
      return wordsOf(error);
    }
  }

  /** Show the page of a rule; without one, of the finding at the cursor; else of a rule that the user chooses. */
  async show(rule: unknown): Promise<void> {
    const name = typeof rule === "string" && rule !== "" ? rule : (ruleAtCursor() ?? (await this.choose()));
    if (name === undefined) {
      return;
    }
    const uri = Uri.from({ scheme: SCHEME, path: `/${name}.md` });
    this.changed.fire(uri);
    await commands.executeCommand("markdown.showPreview", uri);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private async choose(): Promise<string | undefined> {
    const running = this.controller.running;
    if (running === undefined) {
      void window.showInformationMessage("The whysafe server is not running, so there are no rules to show.");
      return undefined;
    }
    const rules = await listRules(running.server, this.controller.cwd);
    const items = rules.map(({ name, title, severity, aliases }) => ({ label: name, description: severity, detail: title, aliases }));
    const placeHolder = "Which rule?";
    return (await window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.label;
  }
}

function ruleAtCursor(): string | undefined {
  const editor = window.activeTextEditor;
  if (editor === undefined) {
    return undefined;
  }
  return languages
    .getDiagnostics(editor.document.uri)
    .filter(({ source, range }) => source === "whysafe" && range.contains(editor.selection.active))
    .map(codeOf)
    .find((code) => !code.startsWith("justification-") && !["settings", "not-analysed", ""].includes(code));
}
