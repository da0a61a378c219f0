import { execFile } from "node:child_process";

export interface Output {
  /** The exit status; undefined where the program could not be started, or was stopped. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

const OUTPUT_LIMIT = 256 * 1024 * 1024;
const PYTHON_VARIABLES = ["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT"];

/** Our environment without what makes Python load other code: what an open folder put there must not be loaded. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !PYTHON_VARIABLES.includes(name)));
}

/** Run a program without a shell and collect what it prints. Never rejects. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Output> {
  return new Promise((resolve) => {
    const settings = {
      cwd: options.cwd,
      env: cleanEnvironment(),
      timeout: options.seconds * 1000,
      maxBuffer: OUTPUT_LIMIT,
      encoding: "utf8" as const,
      windowsHide: true,
      ...(options.signal ? { signal: options.signal } : {}),
    };
    const child = execFile(command, [...args], settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const status = typeof code === "number" ? code : undefined;
      const reason = error !== null && status === undefined ? error.message : "";
      resolve({ status, stdout, stderr: [stderr, reason].filter(Boolean).join("\n") });
    });
    child.stdin?.end();
  });
}
