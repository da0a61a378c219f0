import { rm } from "node:fs/promises";
import { interpreterIn } from "./interpreter.ts";
import { Problem } from "./problem.ts";
import { run, type Output } from "./process.ts";

export interface Creation {
  /** The folder that becomes the environment; what stands there is replaced. */
  readonly folder: string;
  /** A Python that the environment is made with. */
  readonly python: string;
  /** The wheel of whysafe that came with the extension. */
  readonly wheel: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly progress: (step: string) => void;
  readonly log: (line: string) => void;
}

const CREATE_SECONDS = 120;
const INSTALL_SECONDS = 600;
const OFFLINE =
  /NewConnectionError|NameResolutionError|Failed to establish|Temporary failure|ConnectTimeout|Max retries|ConnectionError|ProxyError|SSLError|Connection (?:refused|reset|broken)/i;

/** Make the extension's own environment, with the whysafe that came with it. Raises Problem; then nothing is left. */
export async function createEnvironment(creation: Creation): Promise<void> {
  const { cwd, signal } = creation;
  try {
    creation.progress("creating a virtual environment");
    const clear = ["-I", "-m", "venv", "--clear", creation.folder];
    const created = await run(creation.python, clear, { cwd, signal, seconds: CREATE_SECONDS });
    refuse(created, creation, () => cannotCreate(creation, created));
    creation.progress("installing whysafe and its libraries");
    const install = ["-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "1", creation.wheel];
    const installed = await run(interpreterIn(creation.folder), install, { cwd, signal, seconds: INSTALL_SECONDS });
    refuse(installed, creation, () => cannotInstall(installed));
  } catch (error) {
    await rm(creation.folder, { recursive: true, force: true });
    throw error;
  }
}

function refuse(output: Output, creation: Creation, problem: () => Problem): void {
  creation.log(`${output.stdout}${output.stderr}`.trim());
  if (creation.signal.aborted) {
    throw new Problem("The installation was cancelled; nothing is left of it.", "install");
  }
  if (output.status !== 0) {
    throw problem();
  }
}

function cannotCreate(creation: Creation, output: Output): Problem {
  const missing = /ensurepip|No module named '?venv/.test(output.stdout + output.stderr);
  const advice = missing
    ? "On Debian and Ubuntu, install the package python3-venv; then try again."
    : "The output says why.";
  return new Problem(`${creation.python} could not create a virtual environment. ${advice}`, "install", "output");
}

function cannotInstall(output: Output): Problem {
  const offline = OFFLINE.test(output.stdout + output.stderr);
  const reason = offline
    ? "the package index cannot be reached. Connect to the network, or set up pip for your proxy or mirror; then try again"
    : "pip failed; its words are in the output";
  return new Problem(`whysafe could not be installed: ${reason}.`, "install", "output");
}
