import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SILENT } from "../../src/actions/progress.ts";
import { viemReader } from "../../src/chain/coverage/read.ts";
import { type Sample, startSample } from "../../src/demo/live/start.ts";
import { formatField, toField } from "../../src/math/field.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { Accounts } from "../../src/service/accounts/accounts.ts";
import type { ServiceEvent } from "../../src/service/events.ts";
import { runService } from "../../src/service/serve.ts";
import { readStatus } from "../../src/service/status.ts";
import { CIRCUIT } from "../chain/system.ts";
import { cli, temporaryFolder } from "../cli/harness.ts";
import { keyring } from "./parts.ts";

const folder = temporaryFolder();
const at = folder.file;
const events: ServiceEvent[] = [];
const stop = new AbortController();
let sample: Sample;
let running: Promise<unknown>;
let told = (): void => {};

beforeAll(async () => {
  sample = await startSample({
    ...{ circuit: instanceOf("coverage", CIRCUIT), accounts: 3, speed: 60, seed: 7, name: "test" },
    ...{ store: { folder: at("data") }, progress: SILENT, keyring },
    onEvent: (event) => {
      events.push(event);
      told();
    },
  });
  const { signal } = stop;
  running = Promise.all([
    runService({ ...sample.parts, statusFolder: at("data") }, signal),
    sample.driveChain(signal),
  ]);
});
afterAll(async () => {
  stop.abort();
  await running.catch(() => {});
  await sample.close();
  folder.remove();
});

/** Until something holds that events tell of. */
function until(holds: () => Promise<boolean>): Promise<void> {
  return new Promise((resolve, reject) => {
    let isAsking = false;
    const ask = (): void => {
      if (isAsking) return;
      isAsking = true;
      holds().then((held) => {
        isAsking = false;
        if (held) resolve();
      }, reject);
    };
    told = ask;
    running.catch(reject);
    ask();
  });
}
const status = () => readStatus(sample.database, sample.clock.now() / 1_000n, BigInt(Date.now()));

describe("a service over a market that moves", () => {
  it("brings every account's commitment on chain, each proven once in its snapshot", async () => {
    await until(async () => (await status()).fresh === 5);
    const { accounts, tiers, jobs, snapshot, leaders, oldestUnproven } = await status();
    expect({ accounts, evaluated: tiers.reduce((sum, count) => sum + count) }).toEqual({
      accounts: 5,
      evaluated: 5,
    });
    expect(jobs.dead).toBe(0);
    expect(snapshot?.time).toBeLessThanOrEqual(sample.clock.now() / 1_000n);
    expect(leaders.map(({ role }) => role.split(" ")[0])).toEqual(["feed", "sender"]);
    expect(oldestUnproven).toBeUndefined();
    const { deployment, senders: [sender] = [] } = sample.parts;
    if (sender === undefined) throw new Error("no sender");
    const attested = await viemReader(sender.client.public, deployment).readAttested(0n);
    const keys = attested.map(({ accountId, commitment, snapshotId }) =>
      [accountId, commitment, snapshotId].join(),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(attested.map(({ accountId }) => accountId)).size).toBe(5);
  });

  it("tells others how it does, in a file beside a database that is its own", async () => {
    await until(async () =>
      (await cli("status", "--data", at("data"))).out.includes("5 accounts, 5 of them"),
    );
    const { code, out } = await cli("status", "--data", at("data"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ accounts: 5, jobs: { dead: 0 }, processes: [{ name: "test" }] });
  });

  it("says nowhere what an account holds or is called: in no event, no file of its state, and no file of its database", async () => {
    const accounts = await new Accounts(sample.database, keyring, sample.parts.kits[0].circuit.slots).open();
    const secrets = accounts.flatMap(({ opening: { portfolio, salt } }) => [
      portfolio.account,
      salt.toString(),
      salt.toString(16),
      JSON.stringify(
        portfolio.positions.map(({ instrumentId, quantity }) => [instrumentId, quantity.toString()]),
      ).slice(1, -1),
    ]);
    expect(secrets).toHaveLength(20);
    const files = readdirSync(at("data"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    // What is there in the clear is found there: the search would find the rest.
    const commitment = formatField(accounts[0]?.commitment ?? toField(0n));
    expect(files.some((file) => file.includes(commitment))).toBe(true);
    for (const text of [...files, Buffer.from(JSON.stringify(events))])
      for (const secret of secrets) expect(text.includes(secret)).toBe(false);
    expect(events.length).toBeGreaterThan(5);
  });
});
