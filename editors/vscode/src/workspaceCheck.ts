import { readFileSync } from "node:fs";
import path from "node:path";
import {
  Diagnostic,
  DiagnosticSeverity,
  languages,
  ProgressLocation,
  Range,
  Uri,
  window,
  workspace,
  type CancellationToken,
  type Disposable,
} from "vscode";
import { checkFolder, type CheckResult, type Found, type Place } from "./cli.ts";
import type { Controller } from "./controller.ts";
import { wordsOf } from "./problem.ts";
import { checkOptions } from "./values.ts";

const SEVERITIES: Readonly<Record<string, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Findings in files that are not open, when the user asks for them; what is open is the server's. */
export class WorkspaceCheck implements Disposable {
  private readonly controller: Controller;
  private readonly found = languages.createDiagnosticCollection("whysafe workspace");
  private readonly listener: Disposable;

  constructor(controller: Controller) {
    this.controller = controller;
    this.listener = workspace.onDidOpenTextDocument(({ uri }) => {
      this.found.delete(uri);
    });
  }

  async run(): Promise<void> {
    const { running } = this.controller;
    const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
    if (running === undefined || folders.length === 0) {
      const reason = running === undefined ? "The whysafe server is not running." : "No folder is open.";
      void window.showInformationMessage(`${reason} There is nothing to check.`);
      return;
    }
    const options = { location: ProgressLocation.Notification, title: "whysafe: checking the workspace", cancellable: true };
    const results = await window.withProgress(options, async (_progress, token) => {
      const where = { cwd: this.controller.cwd, signal: signalOf(token) };
      const found: CheckResult[] = [];
      for (const { uri } of folders) {
        if (!token.isCancellationRequested) {
          const chosen = checkOptions(this.controller.settings(uri));
          found.push(await checkFolder(running.server, uri.fsPath, chosen, where).catch(unless(token)));
        }
      }
      return token.isCancellationRequested ? undefined : found;
    });
    if (results !== undefined) {
      this.show(results);
    }
  }

  /** `run`, with a message in place of an exception. */
  async runAndTell(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      const message = wordsOf(error);
      this.controller.output.error(message);
      void window.showErrorMessage(message);
    }
  }

  dispose(): void {
    this.listener.dispose();
    this.found.dispose();
  }

  private show(results: readonly CheckResult[]): void {
    const findings = results.flatMap((result) => result.findings);
    const errors = results.flatMap((result) => result.errors);
    const files = results.reduce((sum, result) => sum + result.files, 0);
    this.found.clear();
    // What the server keeps up to date by itself is not shown a second time.
    const missing = this.controller.settings()["workspaceScan"] === true ? [] : grouped(findings);
    for (const [file, items] of missing) {
      if (!workspace.textDocuments.some(({ uri }) => uri.fsPath === file)) {
        this.found.set(Uri.file(file), items);
      }
    }
    for (const error of errors) {
      this.controller.output.warn(`${error.path}: ${error.message}`);
    }
    const open = findings.filter(({ state }) => state !== "valid" && state !== "due").length;
    const missed = errors.length > 0 ? ` ${errors.length} could not be analysed; see the output.` : "";
    void window.showInformationMessage(`whysafe checked ${files} files: ${open} findings are open.${missed}`);
  }
}

/** What stands for an answer when the user has cancelled the question; other failures stay what they are. */
function unless(token: CancellationToken): (error: unknown) => CheckResult {
  return (error) => {
    if (token.isCancellationRequested) {
      return { files: 0, findings: [], errors: [] };
    }
    throw error;
  };
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => {
    controller.abort();
  });
  return controller.signal;
}

function grouped(findings: readonly Found[]): Map<string, Diagnostic[]> {
  const files = new Map<string, { lines: string[]; items: Diagnostic[] }>();
  for (const finding of findings) {
    const file = path.resolve(finding.path);
    const entry = files.get(file) ?? { lines: linesOf(file), items: [] };
    files.set(file, entry);
    entry.items.push(asDiagnostic(finding, entry.lines));
  }
  return new Map([...files].map(([file, { items }]) => [file, items]));
}

function asDiagnostic(finding: Found, lines: readonly string[]): Diagnostic {
  const range = new Range(...position(finding.start, lines), ...position(finding.end, lines));
  const isJustified = finding.state === "valid" || finding.state === "due";
  const message = isJustified ? `Justified (see its comment): ${finding.message}` : finding.message;
  const diagnostic = new Diagnostic(range, message, SEVERITIES[finding.severity] ?? DiagnosticSeverity.Warning);
  diagnostic.source = "whysafe";
  diagnostic.code = finding.rule;
  return diagnostic;
}

/** A place in code points from 1 as line and column in UTF-16 units from 0. */
function position({ line, column }: Place, lines: readonly string[]): [number, number] {
  const before = Array.from(lines[line - 1] ?? "").slice(0, column - 1);
  return [line - 1, before.join("").length];
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  } catch {
    return [];
  }
}
