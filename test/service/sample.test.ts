import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SILENT } from "../../src/actions/progress.ts";
import { eventText } from "../../src/cli/service-text.ts";
import { type Sample, startSample } from "../../src/demo/live/start.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import type { ServiceEvent } from "../../src/service/events.ts";
import { runService } from "../../src/service/serve.ts";
import { CIRCUIT } from "../chain/system.ts";
import { temporaryFolder } from "../cli/harness.ts";
import { SMALL, useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { keyring } from "./parts.ts";

useSimulatedProofs(SMALL);

const folder = temporaryFolder();
const events: ServiceEvent[] = [];
const stop = new AbortController();
let sample: Sample;
let running: Promise<unknown>;
let said = (_: string): void => {};

beforeAll(async () => {
  sample = await startSample({
    ...{ circuit: instanceOf("coverage", CIRCUIT), accounts: 2, speed: 60, seed: 3, name: "test" },
    ...{ store: { folder: folder.file("data") }, progress: SILENT, keyring },
    onEvent: (event) => {
      events.push(event);
      said(event.message);
    },
  });
  const { signal } = stop;
  running = Promise.all([
    runService(sample.parts, signal),
    sample.driveChain(signal),
    sample.playCases(signal),
  ]);
});
afterAll(async () => {
  stop.abort();
  await running.catch(() => {});
  await sample.close();
  folder.remove();
});

describe("the sample of a service", () => {
  it("has signers who agree, and a breach that its keeper takes to an end", async () => {
    await new Promise<void>((resolve, reject) => {
      said = (message) => {
        if (message.includes("closed: cured")) resolve();
      };
      running.catch(reject);
    });
    const count = async (text: string) => (await sample.database.query(text)).length;
    expect(await count("select 1 from ballast.cases where outcome = 'cured'")).toBeGreaterThanOrEqual(1);
    expect(
      await count("select 1 from ballast.steps where act = 'reduce' and state = 'done'"),
    ).toBeGreaterThanOrEqual(1);
    expect(
      await count("select 1 from ballast.signatures where signature is not null"),
    ).toBeGreaterThanOrEqual(4);
    expect(await count("select 1 from ballast.proposals where state = 'published'")).toBeGreaterThanOrEqual(
      2,
    );
  });

  it("says so in lines of at most 80 columns, but for addresses and paths that are longer", () => {
    const long = events
      .flatMap((event) => eventText(event, new Date(0)).split("\n"))
      .filter((line) => line.length > 80);
    expect(long).toEqual([]);
    const all = events.map((event) => eventText(event, new Date(0))).join("");
    expect(all).toContain("keeper  case 1: reduce: a slice is sold");
  });
});
