import { mkdirSync } from "node:fs";
import path from "node:path";
import { commands, window, workspace, type Disposable, type ExtensionContext, type LogOutputChannel, type Uri } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { activeInterpreter } from "./active.ts";
import { discard, startClient } from "./client.ts";
import { findServer, interpreterIn, type Places, type Server } from "./interpreter.ts";
import { asProblem, type Problem, type Remedy } from "./problem.ts";
import { fileSetting, isEnabled, ownCommands, serverSettings } from "./settings.ts";
import { Status } from "./status.ts";

const BUTTONS: Readonly<Record<Remedy, { readonly title: string; readonly command: string; readonly arguments?: unknown[] }>> = {
  install: { title: "Install the server", command: "whysafe.installServer" },
  settings: { title: "Open settings", command: "workbench.action.openSettings", arguments: ["whysafe."] },
  output: { title: "Show output", command: "whysafe.showOutput" },
  restart: { title: "Try again", command: "whysafe.restartServer" },
  trust: { title: "Manage trust", command: "workbench.trust.manage" },
};

/** Keeps at most one server running, and tells the user once what keeps it from running. */
export class Controller implements Disposable {
  readonly output: LogOutputChannel;
  readonly version: string;
  private readonly context: ExtensionContext;
  private readonly status = new Status();
  private client: LanguageClient | undefined;
  private server: Server | undefined;
  private told = "";
  private work: Promise<void> = Promise.resolve();

  constructor(context: ExtensionContext) {
    this.context = context;
    this.version = (context.extension.packageJSON as { version: string }).version;
    this.output = window.createOutputChannel("whysafe", { log: true });
    mkdirSync(this.cwd, { recursive: true });
  }

  /** A folder of our own in which everything is started, so that nothing lies there which Python would load. */
  get cwd(): string {
    return path.join(this.context.globalStorageUri.fsPath, "empty");
  }

  /** The extension's own environment, which exists once the user has asked for it. */
  get environment(): string {
    return path.join(this.context.globalStorageUri.fsPath, "environment");
  }

  get wheel(): string {
    return this.context.asAbsolutePath(path.join("bundled", `whysafe-${this.version}-py3-none-any.whl`));
  }

  get running(): { readonly client: LanguageClient; readonly server: Server } | undefined {
    return this.client !== undefined && this.server !== undefined ? { client: this.client, server: this.server } : undefined;
  }

  /** What the user has set for the server, for a file or folder of the workspace or for all of it. */
  settings(scope?: Uri): Record<string, unknown> {
    return serverSettings(this.context, scope);
  }

  /** Stop the server, look for it again, and start it; one after the other, however often it is called. */
  restart(options: { readonly asked: boolean }): Promise<void> {
    if (options.asked) {
      this.told = "";
    }
    this.work = this.work.then(() => this.cycle((problem) => void this.tell(problem)));
    return this.work;
  }

  /** Stop the server while something is done that replaces its files, then start it again. Says why, if that fails. */
  replace(task: () => Promise<void>): Promise<void> {
    this.told = "";
    this.work = this.work.then(async () => {
      await this.stop();
      try {
        await task();
      } catch (error) {
        // The server that ran before may still be there; if it is not, the failure that we know says why.
        await this.cycle(() => undefined);
        void this.tell(asProblem(error));
        return;
      }
      await this.cycle((problem) => void this.tell(problem));
    });
    return this.work;
  }

  /** Say once what is wrong, with a button for each remedy. */
  async tell(problem: Problem): Promise<void> {
    this.output.error(problem.message);
    if (this.running === undefined) {
      this.status.set({ kind: "off", reason: problem.message });
    }
    if (this.told === problem.message) {
      return;
    }
    this.told = problem.message;
    const buttons = problem.remedies.map((remedy) => BUTTONS[remedy]);
    const chosen = await window.showErrorMessage(problem.message, ...buttons);
    if (chosen !== undefined) {
      await commands.executeCommand(chosen.command, ...(chosen.arguments ?? []));
    }
  }

  dispose(): void {
    this.status.dispose();
    this.output.dispose();
  }

  async stop(): Promise<void> {
    const { client } = this;
    this.client = this.server = undefined;
    await commands.executeCommand("setContext", "whysafe.isRunning", false);
    if (client !== undefined) {
      await discard(client);
    }
  }

  private async cycle(refuse: (problem: Problem) => void): Promise<void> {
    await this.stop();
    if (!isEnabled()) {
      this.status.set({ kind: "off", reason: "the setting whysafe.enable is off" });
      return;
    }
    this.status.set({ kind: "starting" });
    try {
      const server = await findServer(await this.places());
      this.output.info(`starting ${[server.command, ...server.args, "server"].join(" ")} (from ${server.origin})`);
      this.client = await startClient({
        server,
        version: this.version,
        cwd: this.cwd,
        output: this.output,
        settings: (scope) => this.settings(scope),
        busy: (isBusy) => {
          this.status.busy(isBusy);
        },
        status: (status) => {
          this.status.serverSays(status);
        },
        commands: ownCommands(this.context),
        lost: (problem) => {
          this.lose(problem);
        },
      });
      this.server = server;
      this.told = "";
      this.status.set({ kind: "running", origin: `${server.origin} (${server.command})` });
      await commands.executeCommand("setContext", "whysafe.isRunning", true);
    } catch (error) {
      refuse(asProblem(error));
    }
  }

  /** Make sure that nothing is left of a server that was given up, then say so. */
  private lose(problem: Problem): void {
    this.work = this.work.then(() => this.stop()).then(() => void this.tell(problem));
  }

  async places(): Promise<Places> {
    const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri).filter(({ scheme }) => scheme === "file");
    return {
      path: fileSetting("path"),
      interpreter: fileSetting("interpreter"),
      active: await activeInterpreter(folders[0], (line) => {
        this.output.info(line);
      }),
      search: (process.env["PATH"] ?? "").split(path.delimiter),
      own: interpreterIn(this.environment),
      forbidden: workspace.isTrusted ? [] : folders.map(({ fsPath }) => fsPath),
      version: this.version,
      cwd: this.cwd,
      log: (line) => {
        this.output.info(line);
      },
    };
  }
}
