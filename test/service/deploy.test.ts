import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../scripts/library/doors.ts";
import { SECRETS } from "../../src/service/config/config-file.ts";
import { ROLES } from "../../src/service/serve.ts";

const text = (path: string): string => readFileSync(join(ROOT, "deploy", path), "utf8");
const KNOWN = new Set<string>([...SECRETS.map((name) => `${name}_FILE`), "BALLAST_HOME"]);

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** What a command is asked for: a role, all of them, or a worker. */
function isKnown(args: readonly string[]): boolean {
  const [name, flag, role] = args;
  if (name === "worker") return true;
  return (
    name === "serve" &&
    (flag !== "--role" || role === "%i" || (ROLES as readonly string[]).includes(role ?? ""))
  );
}

describe("systemd units", () => {
  it.each(["ballast@.service", "ballast-worker.service"])(
    "%s: commands, variables and credentials are there",
    (name) => {
      const unit = text(`systemd/${name}`);
      const [, main = "", args = ""] =
        /^ExecStart=\/usr\/bin\/node \/opt\/ballast\/(\S+) (.*)$/m.exec(unit) ?? [];
      expect(existsSync(join(ROOT, main.replace("dist/", "src/").replace(/\.js$/, ".ts")))).toBe(true);
      expect(isKnown(args.split(" "))).toBe(true);
      const variables = [...unit.matchAll(/^Environment=(\w+)=(\S+)$/gm)];
      expect(variables.length).toBeGreaterThan(2);
      const credentials = [...unit.matchAll(/^LoadCredential=([\w.-]+):/gm)].map(([, one]) => one);
      for (const [, variable = "", value = ""] of variables) {
        expect([...KNOWN]).toContain(variable);
        if (value.startsWith("%d/")) expect(credentials).toContain(value.slice(3));
      }
      // A worker finishes the proof in hand for 20 seconds.
      expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(20);
      if (name.includes("worker")) expect(unit).not.toMatch(/PRIVATE_KEY|RPC/);
    },
  );
});

describe("container files", () => {
  const compose = parse(text("container/compose.yaml"), { merge: true }) as Compose;

  it("name roles, variables and secrets that there are", () => {
    const own = Object.entries(compose.services).filter(([name]) => name !== "database");
    expect(own.map(([name]) => name).sort()).toEqual(["api", "feed", "sender", "worker"]);
    for (const [, { command = [], environment = {}, secrets = [] }] of own) {
      expect(isKnown(command)).toBe(true);
      for (const [variable, path] of Object.entries(environment)) {
        expect([...KNOWN]).toContain(variable);
        expect(secrets).toContain(path.replace("/run/secrets/", ""));
      }
      for (const secret of secrets) expect(Object.keys(compose.secrets)).toContain(secret);
    }
  });

  it("give workers and the API neither node nor key", () => {
    for (const name of ["api", "worker"])
      expect(Object.keys(compose.services[name]?.environment ?? {}).sort()).toEqual([
        "BALLAST_MASTER_KEY_FILE",
        "DATABASE_URL_FILE",
      ]);
  });

  it("build from what is here", () => {
    const sources = [...text("container/Containerfile").matchAll(/--chown=root:root ((?:\/src\/\S+ )+)/g)]
      .flatMap(([, paths = ""]) => paths.trim().split(" "))
      .map((path) => path.replace("/src/", ""));
    expect(sources).toContain("circuits");
    for (const path of sources.filter((one) => !/^(?:node_modules|dist|build)/.test(one)))
      expect(existsSync(join(ROOT, path))).toBe(true);
  });
});
