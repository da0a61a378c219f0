// A real VS Code (code-server) in a real browser, with a fresh profile and the built extension: start, look, type, stop.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { chromium } from "playwright-core";
import { placeOf, textsUnderSquiggles } from "./screen.mjs";

const PATIENCE = 60_000;
const PROFILE = {
  "chat.disableAIFeatures": true,
  "editor.accessibilitySupport": "off",
  "editor.minimap.enabled": false,
  "editor.hover.above": false,
  "editor.hover.delay": 100,
  "explorer.autoReveal": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.confirmSaveUntitledWorkspace": false,
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};
// Where the text in front is: a notebook lies above its group of editors, not in it.
const ACTIVE = ":is(.editor-group-container.active, .notebookOverlay)";
const SEVERAL = "several.code-workspace";
const BROWSER = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Ask until the answer is true (or any truthy value), and give it back; fails with `what` when that takes too long. */
export async function until(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s for ${what}; last seen: ${String(last).slice(0, 300)}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Install an extension, and give back the folder of extensions that editors start with. */
export function installExtension({ node, codeServer, vsix, folder }) {
  const extensions = path.join(folder, "extensions");
  const data = ["--user-data-dir", path.join(folder, "user"), "--extensions-dir", extensions];
  execFileSync(node, [codeServer, ...data, "--install-extension", vsix], { env: surroundings(folder, process.env), stdio: "pipe" });
  return extensions;
}

/** As if started from a terminal: else the editor asks a login shell for PATH, whatever the one of `env` is. */
function surroundings(folder, env) {
  return { ...env, VSCODE_CLI: "1", XDG_CONFIG_HOME: path.join(folder, "config"), XDG_DATA_HOME: path.join(folder, "data") };
}

export class Editor {
  /**
   * `files`: the workspace, as path -> text; `folders`: those of them that are open, if not the workspace as a whole;
   * `settings`: on top of the profile; `env`: of the editor's processes; `size`: of the window, in pixels.
   */
  static async start({ node, codeServer, extensions, folder, pictures, files, folders, settings = {}, env = process.env, size = [1200, 700] }) {
    const editor = new Editor();
    Object.assign(editor, { folder, pictures, log: "", settings: {} });
    editor.workspace = path.join(folder, "workspace");
    if (folders !== undefined) editor.openFolders(folders);
    for (const [name, text] of Object.entries(files)) editor.write(name, text);
    mkdirSync(path.join(folder, "user", "User"), { recursive: true });
    writeFileSync(path.join(folder, "user", "User", "settings.json"), JSON.stringify({ ...PROFILE, ...settings }, null, 2));
    const data = ["--user-data-dir", path.join(folder, "user"), "--extensions-dir", extensions];
    const port = await freePort();
    const options = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"];
    editor.process = spawn(node, [codeServer, ...data, ...options], { env: surroundings(folder, env), detached: true });
    for (const stream of [editor.process.stdout, editor.process.stderr]) stream.on("data", (data) => (editor.log += data));
    const address = `http://127.0.0.1:${port}`;
    await until("the editor's server", async () => (await fetch(`${address}/healthz`)).ok);
    editor.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: BROWSER });
    editor.page = await editor.browser.newPage({ viewport: { width: size[0], height: size[1] } });
    editor.page.setDefaultTimeout(PATIENCE);
    await editor.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const [what, where] = folders === undefined ? ["folder", editor.workspace] : ["workspace", editor.path(SEVERAL)];
    await editor.page.goto(`${address}/?${what}=${encodeURIComponent(where)}`);
    await editor.isReady();
    return editor;
  }

  isReady() {
    return this.page.waitForSelector(".explorer-folders-view .monaco-list-row", { timeout: 60_000 });
  }

  async reload() {
    await this.page.reload();
    await this.isReady();
  }

  async stop() {
    await this.browser?.close();
    if (this.process === undefined || this.process.exitCode !== null) return;
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    process.kill(-this.process.pid, "SIGTERM");
    await gone;
  }

  // Files ----------------------------------------------------------------------------------------------------------

  path(name) {
    return path.join(this.workspace, name);
  }

  write(name, text) {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name) {
    return readFileSync(this.path(name), "utf8");
  }

  /** Which folders of the workspace are open, in an editor that was started with several. */
  openFolders(names) {
    this.write(SEVERAL, JSON.stringify({ folders: names.map((name) => ({ path: name })) }, null, 2));
  }

  /** Settings of the workspace on top of those that were made so; they act at once. `undefined` takes one away. */
  configure(settings) {
    this.settings = { ...this.settings, ...settings };
    this.write(".vscode/settings.json", JSON.stringify(this.settings, null, 2));
  }

  // Hands ----------------------------------------------------------------------------------------------------------

  press(keys) {
    return this.page.keyboard.press(keys);
  }

  type(text) {
    return this.page.keyboard.type(text);
  }

  async quickInput(text, row) {
    await this.pick(text, row);
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  async pick(text, row) {
    await this.page.waitForSelector(".quick-input-widget:visible input");
    await this.page.locator(".quick-input-widget:visible input").fill(text);
    if (row === undefined) await this.press("Enter");
    else await this.page.locator(".quick-input-list .monaco-list-row", { hasText: row }).first().click();
  }

  async open(name) {
    await this.press("Control+P");
    await this.quickInput(name, name);
    await this.page.locator(`.tab.active[data-resource-name="${path.basename(name)}"]`).waitFor();
    await this.page.locator(".editor-group-container.active .monaco-editor.focused").waitFor();
  }

  /** Go back to the tab of an open file with the mouse: pages of the web take keys for themselves. */
  async back(name) {
    await this.page.locator(`.tab[data-resource-name="${path.basename(name)}"]`).click();
    await this.page.locator(".editor-group-container.active .monaco-editor.focused").waitFor();
  }

  async command(title) {
    await this.press("F1");
    await this.quickInput(`>${title}`, title);
  }

  /** Run a command that asks, and answer it. */
  async commandWith(title, question, answer) {
    await this.press("F1");
    await this.pick(`>${title}`, title);
    await this.page.locator(`.quick-input-widget:visible input[placeholder="${question}"]`).waitFor();
    await this.quickInput(answer, answer);
  }

  /** Put the cursor at a place, both from 1. */
  async go(line, column = 1) {
    await this.press("Control+G");
    await this.quickInput(`:${line}:${column}`);
    await until(`the cursor in line ${line}`, async () => (await this.bar("status.editor.selection")).includes(`Ln ${line},`));
    await this.page.locator(".editor-group-container.active .monaco-editor.focused").waitFor();
  }

  async save(name) {
    await this.press("Control+S");
    await this.page.locator(`.tab.active.dirty`).waitFor({ state: "detached" });
    return this.read(name);
  }

  // Eyes -----------------------------------------------------------------------------------------------------------

  /** The visible lines of the editor, as text. */
  lines() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll(".editor-group-container.active .view-line")]
        .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
        .map((line) => line.textContent.replaceAll("\u00a0", " ")),
    );
  }

  /** The lenses above the code, with what stands between them. */
  async lenses() {
    return this.page.locator(".editor-group-container.active .codelens-decoration:visible").allInnerTexts();
  }

  async expectLens(words) {
    await until(`a lens with "${words}"`, async () => {
      const lenses = await this.lenses();
      return lenses.some((text) => text.replaceAll("\u00a0", " ").includes(words)) || Promise.reject(JSON.stringify(lenses));
    });
  }

  async pressLens(words) {
    await this.page.locator(".editor-group-container.active .codelens-decoration a", { hasText: words }).first().click();
  }

  /** The labels that completion offers at the cursor, once the first of them is there. */
  async offers(first) {
    const rows = this.page.locator(".suggest-widget.visible .monaco-list-row");
    await rows.filter({ hasText: first }).first().waitFor();
    return this.page.locator(".suggest-widget.visible .monaco-list-row .label-name").allInnerTexts();
  }

  /** The text in a web page within the editor, once all of the words are in it; `frame` is what they were found in. */
  async frameWith(...words) {
    return until(`a page with ${words.join(", ")}`, async () => {
      for (const frame of this.page.frames()) {
        const text = await frame.evaluate(() => document.body?.innerText ?? "").catch(() => "");
        if (words.every((word) => text.includes(word))) return { frame, text };
      }
      return undefined;
    });
  }

  /** The texts under the squiggles of a severity (error, warning, info, hint), measured on the screen. */
  squiggles(severity) {
    return this.page.evaluate(textsUnderSquiggles, { kind: severity, active: ACTIVE });
  }

  async expectSquiggles(severity, wanted) {
    let seen = [];
    try {
      await until("squiggles", async () => JSON.stringify((seen = await this.squiggles(severity))) === JSON.stringify(wanted));
    } catch {
      throw new Error(`wanted ${severity} squiggles under ${JSON.stringify(wanted)}, saw ${JSON.stringify(seen)}`);
    }
  }

  /** The accessible label of an item of the status bar. */
  async bar(id) {
    const item = this.page.locator(`.statusbar-item[id="${id}"]`);
    return (await item.count()) === 0 ? "" : ((await item.locator("a").first().getAttribute("aria-label")) ?? (await item.innerText()));
  }

  async status() {
    return this.bar("whysafe.whysafe.status");
  }

  async expectStatus(words) {
    await until(`the status "${words}"`, async () => (await this.status()).includes(words) || Promise.reject(await this.status()));
  }

  /** The text of the hover at the first word of a call, such as `subprocess.run(`. */
  async hover(call) {
    const place = await this.page.evaluate(placeOf, { wanted: call, active: ACTIVE });
    await this.page.mouse.move(place.x, place.y - 100);
    await this.page.mouse.move(place.x, place.y, { steps: 4 });
    const box = this.page.locator(".monaco-editor .monaco-hover:visible", { hasText: "whysafe" }).first();
    await box.waitFor();
    return box.innerText();
  }

  /** Open the menu of actions at the cursor, and give back its entries. */
  async actions() {
    const rows = this.page.locator(".action-widget .monaco-list-row.action");
    // A key that comes while the editor is still taking the focus back is lost.
    await until("the menu of actions", async () => {
      await this.press("Control+.");
      return rows.first().waitFor({ timeout: 4_000 }).then(() => true);
    });
    return rows.allInnerTexts();
  }

  async choose(action) {
    await this.page.locator(".action-widget .monaco-list-row.action", { hasText: action }).first().click();
    await until("the menu to close", async () => (await this.page.locator(".action-widget:visible").count()) === 0);
  }

  /** The messages on the screen that speak of whysafe. */
  async messages() {
    const items = await this.page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts();
    return items.filter((text) => text.includes("whysafe"));
  }

  async expectMessage(words) {
    const found = await until(`a message with "${words}"`, async () => {
      const messages = await this.messages();
      return messages.find((text) => text.includes(words)) ?? Promise.reject(JSON.stringify(messages));
    }, 60_000);
    await until("one message", async () => (await this.messages()).length === 1 || Promise.reject((await this.messages()).join(" | ")));
    return found;
  }

  async pressInMessage(button) {
    await this.page.locator(".notifications-toasts .monaco-button", { hasText: button }).first().click();
  }

  async dismissMessages() {
    await this.command("Notifications: Clear All Notifications");
    await until("no messages", async () => (await this.messages()).length === 0);
  }

  clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** A picture of the screen, once what fades in is there. */
  async picture(name) {
    await this.page.evaluate(() => {
      const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
      return Promise.all(ending.map(({ finished }) => finished.catch(() => undefined)));
    });
    await this.page.screenshot({ path: path.join(this.pictures, `${name}.png`) });
  }

  /** The processes below the editor whose command line contains all of the words, as process ids. */
  processes(...words) {
    const parents = new Map();
    const found = [];
    for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
      try {
        const status = readFileSync(`/proc/${name}/stat`, "utf8");
        parents.set(Number(name), Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]));
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        if (words.every((word) => command.includes(word))) found.push(Number(name));
      } catch {
        // The process has ended meanwhile.
      }
    }
    const isOurs = (id) => id === this.process.pid || (parents.has(id) && id > 1 && isOurs(parents.get(id)));
    return found.filter(isOurs);
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
