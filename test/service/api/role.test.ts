import { afterAll, describe, expect, it } from "vitest";
import { instanceOf } from "../../../src/prover/circuits.ts";
import { parseConfig } from "../../../src/service/config/config.ts";
import { initialise } from "../../../src/service/config/init-file.ts";
import { runService } from "../../../src/service/serve.ts";
import { CIRCUIT } from "../../chain/system.ts";
import { cli, cliJson, temporaryFolder } from "../../cli/harness.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { ManualClock } from "../../venues/manual-clock.ts";
import { DEPLOYMENT, keyring } from "../parts.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
type Parts = Parameters<typeof runService>[0];

describe("the role api", () => {
  it("runs alone, without a node, and ends with the signal", async () => {
    const stop = new AbortController();
    let running: Promise<void> = Promise.resolve();
    const database = await emptyDatabase();
    const address = await new Promise<string>((resolve, reject) => {
      running = runService(
        {
          ...{ database, keyring, clock: new ManualClock(1n), name: "test", roles: ["api"] },
          deployment: DEPLOYMENT as unknown as Parts["deployment"],
          kits: [{ circuit: instanceOf("coverage", CIRCUIT), key: {} as Parts["kits"][0]["key"] }],
          api: { host: "127.0.0.1", port: 0, rules: { perSecond: 10, burst: 10, atOnce: 2 } },
          onEvent: ({ role, message }) => {
            if (role === "api") resolve(message.replace("listens at ", ""));
          },
        },
        stop.signal,
      );
      running.catch(reject);
    });
    expect(await (await fetch(`${address}/healthz`)).json()).toEqual({ status: "ok" });
    stop.abort();
    await running;
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  });

  it("has a section of the configuration, with limits by default", () => {
    const config = (api: unknown) =>
      parseConfig({
        ...{ format: "ballast.config/1", data: "d", deployment: "e", circuit: "4x8", venues: [] },
        ...{ snapshots: { file: "s" }, api },
      }).api;
    expect(config({})).toEqual({ host: "127.0.0.1", port: 8080, perSecond: 20, burst: 100, atOnce: 64 });
    expect(config(undefined)).toBeUndefined();
    expect(() => config({ port: 0 })).toThrow(/api.port/);
  });
});

describe("keys from the command line", () => {
  it("are made, listed without their tokens, and revoked", async () => {
    const { config } = initialise(folder.file("service"), CIRCUIT);
    const at = ["--config", config];
    type Made = { readonly id: string; readonly token: string };
    const { id, token, ...key } = await cliJson<Made>(
      ...["key", "add", "--name", "book", "--scope", "submit", "read", "--declared-by", "venue", ...at],
    );
    expect(key).toEqual({ name: "book", scopes: ["submit", "read"], declaredBy: "venue" });
    expect(token).toMatch(new RegExp(`^ballast_${id}_[0-9a-f]{64}$`));
    const { out } = await cli("key", "list", ...at);
    expect(out.trim()).toBe(`${id}  book  submit, read  declared by its venue`);
    await cli("key", "revoke", id, ...at);
    expect((await cli("key", "list", ...at)).out.trim()).toBe("no key");
  });
});
