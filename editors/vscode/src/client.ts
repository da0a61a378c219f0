import { Uri, type LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State,
  type CloseHandlerResult,
  type ErrorHandler,
  type LanguageClientOptions,
  type Middleware,
} from "vscode-languageclient/node";
import { asStatus, Extras, STATUS_METHOD, type ServerStatus } from "./extras.ts";
import type { Server } from "./interpreter.ts";
import { Problem, wordsOf } from "./problem.ts";
import { cleanEnvironment } from "./process.ts";
import { compatible } from "./version.ts";

export interface Options {
  readonly server: Server;
  readonly version: string;
  readonly cwd: string;
  readonly output: LogOutputChannel;
  /** What is set for a file or folder, or for the whole workspace. */
  readonly settings: (scope: Uri | undefined) => Record<string, unknown>;
  /** Hears whether the server is at work on a question for diagnostics. */
  readonly busy: (isBusy: boolean) => void;
  /** Hears how the server says that things stand. */
  readonly status: (status: ServerStatus) => void;
  /** The commands of the extension, which the server does not take from it. */
  readonly commands: ReadonlySet<string>;
  /** Hears that a server which had started is gone for good. */
  readonly lost: (problem: Problem) => void;
}

const START_SECONDS = 60;
const CRASH_LIMIT = 3;
const CRASH_MINUTES = 3;
const LANGUAGE = "python";
const SCHEMES = ["file", "untitled", "vscode-notebook-cell"];

/** Start the server and agree on a version with it. Raises Problem; then no process is left. */
export async function startClient(options: Options): Promise<LanguageClient> {
  const crashes = new CrashHandler(options);
  const client = new QuietClient(
    "whysafe",
    "whysafe",
    {
      command: options.server.command,
      args: [...options.server.args, "server"],
      options: { cwd: options.cwd, env: cleanEnvironment() },
    },
    clientOptions(options, crashes),
  );
  client.registerFeature(new Extras(options.commands));
  client.onNotification(STATUS_METHOD, (value: unknown) => {
    const status = asStatus(value);
    if (status !== undefined) {
      options.status(status);
    }
  });
  try {
    await withinTime(client.start());
    refuseOtherVersion(options, client.initializeResult?.serverInfo);
  } catch (error) {
    await discard(client);
    throw error instanceof Problem ? error : cannotStart(options, error);
  }
  crashes.hasStarted = true;
  client.onDidChangeState(({ newState }) => {
    if (newState === State.StartFailed) {
      crashes.giveUp();
    }
  });
  return client;
}

/** Stop the server; one that does not answer is killed. */
export async function discard(client: LanguageClient): Promise<void> {
  const child = client.serverProcess;
  try {
    await client.dispose();
  } catch {
    child?.kill();
  }
}

/** A client that leaves it to us to say what went wrong: its own messages would come on top, and say what but not why. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Restarts a server that crashes, but not for ever. */
class CrashHandler implements ErrorHandler {
  hasStarted = false;
  private hasGivenUp = false;
  private readonly options: Options;
  private times: number[] = [];

  constructor(options: Options) {
    this.options = options;
  }

  error(): { action: ErrorAction; handled: boolean } {
    return { action: ErrorAction.Continue, handled: true };
  }

  closed(): CloseHandlerResult {
    const now = Date.now();
    this.times = [...this.times.filter((time) => now - time < CRASH_MINUTES * 60_000), now];
    if (this.hasStarted && !this.hasGivenUp && this.times.length <= CRASH_LIMIT) {
      return { action: CloseAction.Restart, handled: true };
    }
    this.giveUp();
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  giveUp(): void {
    if (this.hasStarted && !this.hasGivenUp) {
      this.hasGivenUp = true;
      const count = this.times.length > 1 ? `ended unexpectedly ${this.times.length} times` : "ended unexpectedly";
      const message = `The whysafe server ${count}, and is not started again by itself. The output says why.`;
      this.options.lost(new Problem(message, "output", "restart"));
    }
  }
}

function clientOptions(options: Options, errorHandler: ErrorHandler): LanguageClientOptions {
  return {
    documentSelector: SCHEMES.map((scheme) => ({ scheme, language: LANGUAGE })),
    outputChannel: options.output,
    errorHandler,
    initializationFailedHandler: () => false,
    middleware: middleware(options),
  };
}

function middleware(options: Options): Middleware {
  let waiting = 0;
  const count = (change: number): void => {
    waiting += change;
    options.busy(waiting > 0);
  };
  return {
    workspace: {
      configuration: ({ items }) =>
        items.map(({ section, scopeUri }) => {
          const scope = scopeUri === undefined ? undefined : Uri.parse(scopeUri);
          return section === "whysafe" ? options.settings(scope) : null;
        }),
    },
    async provideDiagnostics(document, previousResultId, token, next) {
      count(1);
      try {
        return await next(document, previousResultId, token);
      } finally {
        count(-1);
      }
    },
  };
}

function refuseOtherVersion(options: Options, info: { name: string; version?: string } | undefined): void {
  if (info?.name === "whysafe" && compatible(options.version, info.version)) {
    return;
  }
  const found = info === undefined ? "says nothing of itself" : `is ${info.name} ${info.version ?? ""}`.trim();
  throw new Problem(
    `This extension is made for whysafe ${options.version}, and the server from ${options.server.origin} ` +
      `(${options.server.command}) ${found}. Install the fitting version there, or update the extension.`,
    "settings",
    "restart",
  );
}

function cannotStart(options: Options, error: unknown): Problem {
  options.output.error(`${options.server.command}: ${wordsOf(error)}`);
  return new Problem(
    `The whysafe server from ${options.server.origin} (${options.server.command}) does not start. The output says why.`,
    "output",
    "restart",
  );
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${START_SECONDS} seconds`));
    }, START_SECONDS * 1000);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
