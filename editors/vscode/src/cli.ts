import type { Server } from "./interpreter.ts";
import type { Ledger } from "./ledgerPage.ts";
import { Problem } from "./problem.ts";
import { run, type Output } from "./process.ts";

export interface RuleEntry {
  readonly name: string;
  readonly title: string;
  readonly severity: string;
  readonly aliases: readonly string[];
}

/** A place of the command line's JSON: both from 1, columns in code points. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Found {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
  readonly severity: string;
  readonly start: Place;
  readonly end: Place;
  readonly state: string;
}

export interface CheckResult {
  readonly files: number;
  readonly findings: readonly Found[];
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

const RULES_SECONDS = 30;
const CHECK_SECONDS = 3600;

/** All rules that the server knows. Raises Problem. */
export async function listRules(server: Server, cwd: string): Promise<readonly RuleEntry[]> {
  const answer = await run(server.command, [...server.args, "rules", "--format=json"], { cwd, seconds: RULES_SECONDS });
  return (parse(answer) as { rules: RuleEntry[] }).rules;
}

/** What `whysafe check` finds in a folder. Raises Problem. */
export async function checkFolder(
  server: Server,
  folder: string,
  options: readonly string[],
  where: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<CheckResult> {
  const args = [...server.args, "check", "--format=json", ...options, "--", folder];
  const answer = await run(server.command, args, { ...where, seconds: CHECK_SECONDS });
  return parse(answer) as CheckResult;
}

/** What `whysafe ledger` lists in a folder; paths are absolute. Raises Problem. */
export async function readLedger(
  server: Server,
  folder: string,
  where: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<Ledger> {
  const args = [...server.args, "ledger", "--format=json", "--", folder];
  const answer = await run(server.command, args, { ...where, seconds: CHECK_SECONDS });
  return parse(answer) as Ledger;
}

function parse({ stdout, stderr }: Output): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Problem(`whysafe gave no answer: ${stderr.trim().slice(-500)}`, "output");
  }
}
