// Build the wheel of whysafe that the extension brings along: into the folder `bundled`, from the repository around it.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const EXTENSION = path.join(import.meta.dirname, "..");
const REPOSITORY = path.join(EXTENSION, "..", "..");
const PYTHONS = process.platform === "win32" ? ["python", "py"] : ["python3", "python"];

copyFileSync(path.join(REPOSITORY, "LICENSE"), path.join(EXTENSION, "LICENSE"));
rmSync(path.join(EXTENSION, "bundled"), { recursive: true, force: true });
const scratch = mkdtempSync(path.join(tmpdir(), "whysafe-wheel-"));
try {
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", path.join(EXTENSION, "bundled")];
  run(pythonWithPip(), ["-m", "pip", "wheel", ...options, REPOSITORY]);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** A Python that has pip: one that is there, else one in an environment of our own, because some systems have none. */
function pythonWithPip() {
  const python = PYTHONS.find((name) => works(name, ["--version"]));
  if (python === undefined) {
    console.error(`Building the extension needs Python 3.10 or later, as ${PYTHONS.join(" or ")} on PATH.`);
    process.exit(1);
  }
  if (works(python, ["-m", "pip", "--version"])) {
    return python;
  }
  run(python, ["-m", "venv", scratch]);
  return process.platform === "win32" ? path.join(scratch, "Scripts", "python.exe") : path.join(scratch, "bin", "python");
}

function works(program, args) {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Run a program; one that fails has said why, and ends the build. */
function run(program, args) {
  try {
    execFileSync(program, args, { stdio: "inherit" });
  } catch {
    process.exitCode = 1;
    throw new Error(`${program} ${args.join(" ")} failed`);
  }
}
