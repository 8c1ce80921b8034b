import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fastify } from "fastify";
import { beforeAll, describe, expect, it } from "vitest";
import { PAGE_HEADERS, POLICY } from "../../src/node/page.ts";
import { pageRoutes } from "../../src/service/api/routes/page.ts";
import { MAIN } from "../helpers/built.ts";
import { testFolder } from "../solvency/folder.ts";
import { builtPage } from "../web/built-page.ts";
import { cli, cliJson } from "./harness.ts";

const folder = testFolder();
const at = (name: string): string => join(folder, name);

beforeAll(() => builtPage());

interface Built {
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly hash: string;
}

describe("ballast page build", () => {
  it("writes files that have the hashes it says, the same each time", async () => {
    const { files, hash } = await cliJson<Built>("page", "build", "-o", at("site"));
    const sums = readFileSync(at("site/SHA256SUMS"));
    expect(createHash("sha256").update(sums).digest("hex")).toBe(hash);
    expect(files.map(({ name }) => name)).toContain("index.html");
    for (const { name, sha256 } of files) {
      const bytes = readFileSync(join(at("site"), name));
      expect(createHash("sha256").update(bytes).digest("hex"), name).toBe(sha256);
      expect(sums.toString()).toContain(`${sha256}  ${name}\n`);
    }
    expect((await cliJson<Built>("page", "build", "-o", at("again"))).hash).toBe(hash);
  });

  it("writes over nothing by itself", async () => {
    await cliJson("page", "build", "-o", at("mine"));
    writeFileSync(at("mine/index.html"), "mine");
    const { code, err } = await cli("page", "build", "-o", at("mine"));
    expect(code).not.toBe(0);
    expect(err).toMatch(/exists already/);
    expect(readFileSync(at("mine/index.html"), "utf8")).toBe("mine");
  });
});

describe("the page's servers", () => {
  it("is opened on this machine, under its policy, until it is interrupted", async () => {
    const child = spawn(process.execPath, [MAIN, "page", "open", "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    const url = await new Promise<string>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
        const found = /"url": ?"([^"]+)"/.exec(out)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    try {
      const answer = await fetch(url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-security-policy")).toBe(`${POLICY}; frame-ancestors 'none'`);
      expect(await answer.text()).toContain('<div id="page">');
      for (const path of ["package.json", "../package.json", "%2e%2e/package.json", "assets/"])
        expect((await fetch(new URL(path, url))).status, path).toBe(404);
      expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(405);
    } finally {
      child.kill("SIGINT");
    }
    expect(await ended).toBe(0);
  });

  it("is at / of the service, without a key", async () => {
    const app = fastify();
    await app.register(pageRoutes);
    const { statusCode, headers, body } = await app.inject("/");
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject(PAGE_HEADERS);
    const [, script = ""] = /src="\.(\/assets\/[^"]+)"/.exec(body) ?? [];
    const asset = await app.inject(script);
    expect([asset.statusCode, asset.headers["content-type"]]).toEqual([
      200,
      "text/javascript; charset=utf-8",
    ]);
    await app.close();
  });

  it("has ports and nothing else", async () => {
    const { code, err } = await cli("page", "open", "--port", "65536");
    expect(code).not.toBe(0);
    expect(err).toMatch(/is a port: 0 to 65535/);
  });
});
