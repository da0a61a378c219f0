import { commands, ProgressLocation, window, type Disposable } from "vscode";
import type { Controller } from "./controller.ts";
import { createEnvironment } from "./environment.ts";
import { findPython } from "./interpreter.ts";
import type { LedgerView } from "./ledgerView.ts";
import { asProblem, wordsOf } from "./problem.ts";
import { showLines } from "./ruffOffer.ts";
import type { RulePages } from "./rulePage.ts";
import type { WorkspaceCheck } from "./workspaceCheck.ts";

const MENU = [
  { label: "$(book) Show a rule", command: "whysafe.showRule" },
  { label: "$(search) Check the workspace", command: "whysafe.checkWorkspace" },
  { label: "$(law) Show the ledger of justifications", command: "whysafe.showLedger" },
  { label: "$(debug-restart) Restart the server", command: "whysafe.restartServer" },
  { label: "$(output) Show the output", command: "whysafe.showOutput" },
  { label: "$(gear) Open the settings", command: "workbench.action.openSettings", argument: "whysafe." },
];

interface Parts {
  readonly controller: Controller;
  readonly pages: RulePages;
  readonly check: WorkspaceCheck;
  readonly ledger: LedgerView;
}

/** The commands of the extension, as package.json names them. */
export function registerCommands(parts: Parts): Disposable[] {
  const { controller, pages, check, ledger } = parts;
  const table: Readonly<Record<string, (argument?: unknown) => unknown>> = {
    "whysafe.restartServer": () => controller.restart({ asked: true }),
    "whysafe.installServer": () => installServer(controller),
    "whysafe.inspectFile": () => inspectFile(controller),
    "whysafe.showRule": (rule) => pages.show(rule),
    "whysafe.checkWorkspace": () => check.runAndTell(),
    "whysafe.showLedger": () => ledger.show(),
    "whysafe.besideRuff": showLines,
    "whysafe.showOutput": () => {
      controller.output.show();
    },
    "whysafe.showMenu": showMenu,
  };
  return Object.entries(table).map(([name, command]) => commands.registerCommand(name, command));
}

async function showMenu(): Promise<void> {
  const chosen = await window.showQuickPick(MENU, { placeHolder: "whysafe" });
  if (chosen !== undefined) {
    await commands.executeCommand(chosen.command, chosen.argument);
  }
}

/** Have the server look at the file in front, which it passes over by itself when it is excluded or not the user's own. */
async function inspectFile({ running }: Controller): Promise<void> {
  const uri = window.activeTextEditor?.document.uri;
  if (running === undefined || uri === undefined) {
    void window.showInformationMessage(running === undefined ? "The whysafe server is not running." : "No file is open.");
    return;
  }
  try {
    const order = { command: "whysafe.inspect", arguments: [uri.toString()] };
    const answer = await running.client.sendRequest<string>("workspace/executeCommand", order);
    void window.showInformationMessage(answer);
  } catch (error) {
    void window.showErrorMessage(`whysafe: ${wordsOf(error)}`);
  }
}

/** Make the extension's own environment and start the server from it; what fails is said in one message. */
async function installServer(controller: Controller): Promise<void> {
  const options = { location: ProgressLocation.Notification, title: "whysafe", cancellable: true };
  await window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => {
      abort.abort();
    });
    try {
      const python = await findPython(await controller.places());
      await controller.replace(() =>
        createEnvironment({
          folder: controller.environment,
          python,
          wheel: controller.wheel,
          cwd: controller.cwd,
          signal: abort.signal,
          progress: (message) => {
            progress.report({ message });
          },
          log: (line) => {
            controller.output.info(line);
          },
        }),
      );
    } catch (error) {
      void controller.tell(asProblem(error));
    }
  });
}
