import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumPath } from "./chromium.ts";

/** Files as a user would choose them, by the name of their field. */
export type Files = Readonly<Record<string, string>>;

/** A browser that asks nobody for anything by itself. @throws {Error} where there is none. */
export function startBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("These tests need chromium: apt-get install chromium.");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  return chromium.launch({ executablePath, args });
}

/** A tab with what it asked for and what it complained of. */
export interface Tab {
  readonly page: Page;
  /** Addresses of all requests. */
  readonly asked: string[];
  /** Errors and warnings on the console, violations of the security policy among them. */
  readonly complaints: string[];
}

export interface TabOptions {
  readonly width?: number;
  readonly theme?: "light" | "dark";
  /** The device's clock, Unix seconds: it stands. */
  readonly now: bigint;
}

export async function openTab(
  browser: Browser,
  url: string,
  { width = 1_600, theme = "light", now }: TabOptions,
): Promise<Tab> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme });
  page.setDefaultTimeout(10_000);
  await page.clock.setFixedTime(Number(now) * 1_000);
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, asked, complaints };
}

/** Fills the form in and looks, as a user does; waits for what then stands there. */
export async function lookAt(
  { page }: Tab,
  given: { readonly rpc: string; readonly second?: string; readonly files: Files },
): Promise<void> {
  for (const [name, text] of Object.entries(given.files)) {
    const file = { name: `${name}.json`, mimeType: "application/json", buffer: Buffer.from(text) };
    await page.locator(`input[name=${name}]`).setInputFiles(file);
  }
  await page.getByLabel("Node (RPC URL)").fill(given.rpc);
  await page.getByLabel("Second node, optional").fill(given.second ?? "");
  await page.getByRole("button", { name: "Look" }).click();
  await page.locator(".verdict, .trouble").first().waitFor();
}

/** The text of what is shown. */
export async function textOf({ page }: Tab, selector: string): Promise<string> {
  return (await page.locator(selector).allInnerTexts()).join("\n");
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds: each rule with the elements that break it. */
export async function axeFindings({ page }: Tab): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}
