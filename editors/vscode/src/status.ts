import { languages, MarkdownString, StatusBarAlignment, ThemeColor, window, type Disposable } from "vscode";
import { count, words } from "./counts.ts";
import type { ServerStatus } from "./extras.ts";

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
  private said: ServerStatus | undefined;
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
    if (state.kind !== "running") {
      this.said = undefined;
    }
    this.busy(false);
  }

  /** What the server says of itself; it holds until it says something else. */
  serverSays(status: ServerStatus): void {
    this.said = status;
    this.draw();
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
    if (this.state.kind === "starting") {
      this.show("$(loading~spin) whysafe", "whysafe is starting");
    } else if (this.state.kind === "off") {
      this.show("$(circle-slash) whysafe", `whysafe is off: ${this.state.reason}`);
    } else if (this.said?.state === "off") {
      this.show("$(circle-slash) whysafe", `whysafe is off: ${this.said.message ?? "nothing can be analysed now"}`);
    } else {
      this.drawCounts(this.state.origin);
    }
  }

  private drawCounts(origin: string): void {
    const counts = count(languages.getDiagnostics().flatMap(([, diagnostics]) => diagnostics));
    const isBusy = this.isBusy || this.said?.state === "busy";
    const isPartial = counts.gaps > 0 || this.said?.state === "partial";
    const icon = isBusy ? "$(loading~spin)" : isPartial ? "$(workspace-unknown)" : "$(shield)";
    const attention = counts.attention > 0 ? ` $(bell)${counts.attention}` : "";
    const partial = isPartial ? `\n\nPartial: ${this.said?.message ?? "something was not analysed"}.` : "";
    const busy = isBusy ? " Analysing." : "";
    const label = `whysafe: ${words(counts)}${isPartial ? ", partial" : ""}`;
    this.show(`${icon} ${counts.open} $(check)${counts.justified}${attention}`, label);
    this.item.tooltip = new MarkdownString(`**whysafe**: ${words(counts)}.${busy}${partial}\n\nServer from ${origin}.`);
    this.item.backgroundColor = counts.attention > 0 ? new ThemeColor("statusBarItem.warningBackground") : undefined;
  }

  private show(text: string, label: string): void {
    this.item.text = text;
    this.item.tooltip = label;
    this.item.backgroundColor = undefined;
    this.item.accessibilityInformation = { label };
  }
}
