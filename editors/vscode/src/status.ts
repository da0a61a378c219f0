import { languages, MarkdownString, StatusBarAlignment, ThemeColor, window, type Disposable } from "vscode";
import { count, words } from "./counts.ts";

export type State =
  | { readonly kind: "off"; readonly reason: string }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly origin: string };

/** Busy is shown when it lasts: a flicker at every keystroke would say nothing. */
const BUSY_MILLISECONDS = 400;

/** The item in the status bar: what is open, justified and needing attention, or why there is nothing. */
export class Status implements Disposable {
  private readonly item = window.createStatusBarItem("status", StatusBarAlignment.Right, 10);
  private readonly listener: Disposable;
  private state: State = { kind: "off", reason: "not started yet" };
  private isBusy = false;
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    this.item.name = "whysafe";
    this.item.command = "whysafe.showMenu";
    this.listener = languages.onDidChangeDiagnostics(() => {
      this.draw();
    });
    this.draw();
    this.item.show();
  }

  set(state: State): void {
    this.state = state;
    this.busy(false);
  }

  busy(isBusy: boolean): void {
    clearTimeout(this.timer);
    if (isBusy) {
      this.timer = setTimeout(() => {
        this.isBusy = true;
        this.draw();
      }, BUSY_MILLISECONDS);
    } else {
      this.isBusy = false;
      this.draw();
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listener.dispose();
    this.item.dispose();
  }

  private draw(): void {
    if (this.state.kind === "running") {
      this.drawCounts(this.state.origin);
      return;
    }
    const off = this.state.kind === "off";
    this.item.text = off ? "$(circle-slash) whysafe" : "$(loading~spin) whysafe";
    this.item.tooltip = this.state.kind === "off" ? `whysafe is off: ${this.state.reason}` : "whysafe is starting";
    this.item.backgroundColor = undefined;
    this.item.accessibilityInformation = { label: this.item.tooltip };
  }

  private drawCounts(origin: string): void {
    const counts = count(languages.getDiagnostics().flatMap(([, diagnostics]) => diagnostics));
    const icon = this.isBusy ? "$(loading~spin)" : counts.gaps > 0 ? "$(workspace-unknown)" : "$(shield)";
    const attention = counts.attention > 0 ? ` $(bell)${counts.attention}` : "";
    this.item.text = `${icon} ${counts.open} $(check)${counts.justified}${attention}`;
    const busy = this.isBusy ? " Analysing." : "";
    this.item.tooltip = new MarkdownString(`**whysafe**: ${words(counts)}.${busy}\n\nServer from ${origin}.`);
    this.item.backgroundColor = counts.attention > 0 ? new ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.accessibilityInformation = { label: `whysafe: ${words(counts)}` };
  }
}
