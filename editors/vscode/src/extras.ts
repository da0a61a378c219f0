import type { ClientCapabilities, FeatureState, ServerCapabilities, StaticFeature } from "vscode-languageclient/node";

/** How the server says that things stand, in its notification `whysafe/status`. */
export interface ServerStatus {
  readonly state: string;
  /** Why it is `partial` or `off`. */
  readonly message: string | null;
}

export const STATUS_METHOD = "whysafe/status";

/** Tells the server that we listen to its status, and leaves commands that the extension has itself to the extension. */
export class Extras implements StaticFeature {
  private readonly ownCommands: ReadonlySet<string>;

  constructor(ownCommands: ReadonlySet<string>) {
    this.ownCommands = ownCommands;
  }

  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), whysafe: { status: true } };
  }

  preInitialize(capabilities: ServerCapabilities): void {
    const provider = capabilities.executeCommandProvider;
    if (provider !== undefined) {
      // Else the client would register a command a second time, which fails, and the server would not start.
      provider.commands = provider.commands.filter((command) => !this.ownCommands.has(command));
    }
  }

  initialize(): void {
    // Nothing depends on the start of a session.
  }

  getState(): FeatureState {
    return { kind: "static" };
  }

  clear(): void {
    // Nothing is kept between sessions.
  }
}

/** What a notification says; undefined where it is something else. */
export function asStatus(value: unknown): ServerStatus | undefined {
  const { state, message } = (value ?? {}) as Record<string, unknown>;
  return typeof state === "string" ? { state, message: typeof message === "string" ? message : null } : undefined;
}
