import { workspace, type ExtensionContext } from "vscode";
import { onDidChangeActive } from "./active.ts";
import { registerCommands } from "./commands.ts";
import { Controller } from "./controller.ts";
import { LedgerView } from "./ledgerView.ts";
import { RuffOffer } from "./ruffOffer.ts";
import { RulePages } from "./rulePage.ts";
import { LAUNCH_SETTINGS } from "./settings.ts";
import { WorkspaceCheck } from "./workspaceCheck.ts";

/** Changes that come together, such as trust and the settings that it sets free, make one restart. */
const TOGETHER_MILLISECONDS = 200;

let controller: Controller | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const current = (controller = new Controller(context));
  const pages = new RulePages(current);
  const check = new WorkspaceCheck(current);
  const ledger = new LedgerView(current);
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void current.restart({ asked: false }), TOGETHER_MILLISECONDS);
  };
  context.subscriptions.push(
    current,
    pages,
    check,
    ledger,
    new RuffOffer(context),
    {
      dispose: () => {
        clearTimeout(timer);
      },
    },
    ...registerCommands({ controller: current, pages, check, ledger }),
    workspace.onDidGrantWorkspaceTrust(again),
    workspace.onDidChangeConfiguration((change) => {
      if (LAUNCH_SETTINGS.some((setting) => change.affectsConfiguration(setting))) {
        again();
      }
    }),
  );
  await current.restart({ asked: false });
  const listener = await onDidChangeActive(again);
  if (listener !== undefined) {
    context.subscriptions.push(listener);
  }
}

export async function deactivate(): Promise<void> {
  await controller?.stop();
}
