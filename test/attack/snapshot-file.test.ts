import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exportBallastChain, importBallastChain } from "../../src/market/importers/ballast.ts";
import { parseInstrumentName } from "../../src/market/instruments.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { policyDigest, policyOrigin, presetPolicy } from "../../src/risk/policy.ts";
import { soundsLikePreset } from "../../src/risk/presets.ts";
import { buildSnapshot, decodeSnapshot, encodeSnapshot } from "../../src/risk/snapshot.ts";
import { cli } from "../cli/harness.ts";
import { craft, gut, type RawInputs } from "./forge-snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-snapshot-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function row(inputs: RawInputs, name: string) {
  const found = inputs.instruments.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}
function anyOption(inputs: RawInputs) {
  const found = inputs.instruments.find(({ kind }) => kind === "option");
  if (found === undefined) throw new Error("no option");
  return found;
}
const byId = (inputs: RawInputs) => inputs.instruments.sort((a, b) => a.id - b.id);

describe("a snapshot file whose hashes fit and whose market can't be imported", () => {
  it("an honest one of the same hand is accepted", () => {
    expect(decodeSnapshot(craft(() => undefined)).rows).toHaveLength(40);
  });

  it.each<[string, (inputs: RawInputs) => void, RegExp]>([
    [
      "another strike",
      (inputs) => Object.assign(anyOption(inputs), { strike: "1" }),
      /strike is not the name's/,
    ],
    [
      "the other right",
      (inputs) => {
        const option = anyOption(inputs);
        option["right"] = option["right"] === "call" ? "put" : "call";
      },
      /right is not the name's/,
    ],
    [
      "a later expiry",
      (inputs) => {
        const option = anyOption(inputs);
        option["expiry"] = String(BigInt(String(option["expiry"])) + 86_400_000n);
      },
      /expiry is not the name's/,
    ],
    [
      "another settlement",
      (inputs) => Object.assign(row(inputs, "BTC-PERPETUAL"), { settlement: "linear" }),
      /settlement is not the name's/,
    ],
    [
      "a dollar that is a bitcoin",
      (inputs) => Object.assign(row(inputs, "USDC"), { underlying: "BTC" }),
      /USDC/,
    ],
    [
      "a bitcoin that is an ether",
      (inputs) => Object.assign(row(inputs, "BTC"), { underlying: "ETH" }),
      /BTC/,
    ],
    [
      "a name of no form",
      (inputs) => Object.assign(anyOption(inputs), { name: "BTC-27MAR26-100000-c" }),
      /not the name of an instrument/,
    ],
    [
      "swapped ids of collateral",
      (inputs) => {
        Object.assign(row(inputs, "USDC"), { id: 2 });
        Object.assign(row(inputs, "BTC"), { id: 1 });
        byId(inputs);
      },
      /BTC can't have the instrument id 1: its own is 2/,
    ],
    [
      "an option with a perpetual's id",
      (inputs) => {
        inputs.instruments = inputs.instruments.filter(({ name }) => name !== "ETH-PERPETUAL");
        Object.assign(anyOption(inputs), { id: 9 });
        byId(inputs);
      },
      /can't have the instrument id 9: that is ETH-PERPETUAL's/,
    ],
    [
      "an option with an id that is kept",
      (inputs) => {
        Object.assign(anyOption(inputs), { id: 12 });
        byId(inputs);
      },
      /can't have the instrument id 12: those below 64/,
    ],
    [
      "a forward of a hundred times the index",
      (inputs) => Object.assign(anyOption(inputs), { forward: "8400000" }),
      /more than twice/,
    ],
    ["a negative bid", (inputs) => Object.assign(anyOption(inputs), { bid: "-0.01" }), /negative bid/],
    ["a time in seconds", (inputs) => Object.assign(inputs, { time: "1769760000" }), /counts seconds/],
    [
      "a time in microseconds, when everything dated has expired",
      (inputs) => {
        inputs.time = "1769760000000000";
        inputs.instruments = inputs.instruments.filter((entry) => entry["expiry"] === undefined);
      },
      /counts microseconds/,
    ],
  ])("%s", (_, edit, message) => {
    const text = craft(edit);
    expect(() => decodeSnapshot(text)).toThrow(expect.objectContaining({ code: "INVALID_SNAPSHOT" }));
    expect(() => decodeSnapshot(text)).toThrow(message);
  });

  it("is refused by the command line", async () => {
    const path = join(folder, "s.json");
    writeFileSync(
      path,
      craft((inputs) => Object.assign(row(inputs, "USDC"), { underlying: "BTC" })),
    );
    const { code, out, err } = await cli("snapshot", "verify", path);
    expect(code).toBe(2);
    expect(out).not.toContain("valid");
    expect(err).toContain("USDC: underlying is not the name's");
  });

  it("has names' terms in every row of an honest file", () => {
    for (const { instrument } of decodeSnapshot(craft(() => undefined)).rows)
      expect(instrument).toEqual(parseInstrumentName(instrument.name, instrument.lotSize));
  });
});

describe("one market", () => {
  it.each<[string, (inputs: RawInputs) => void]>([
    [
      "a lot of 0.10",
      (inputs) => Object.assign(anyOption(inputs), { lotSize: `${anyOption(inputs)["lotSize"]}0` }),
    ],
    ["a forward of 84000.0", (inputs) => Object.assign(row(inputs, "BTC"), { forward: "84000.0" })],
    [
      "an index of 2750.00",
      (inputs) => Object.assign(inputs.underlyings[1] ?? {}, { indexPrice: "2750.00" }),
    ],
    [
      "an expiry of 01…",
      (inputs) => Object.assign(anyOption(inputs), { expiry: `0${anyOption(inputs)["expiry"]}` }),
    ],
    ["a time of 01…", (inputs) => Object.assign(inputs, { time: `0${inputs.time}` })],
    ["a bid of -0", (inputs) => Object.assign(anyOption(inputs), { bid: "-0", ask: "0.1" })],
  ])("has one spelling: %s is refused", (_, edit) => {
    expect(() => decodeSnapshot(craft(edit))).toThrow(/canonical form/);
  });

  it("has one id, however its file is spelled before the import", () => {
    const written = exportBallastChain(sampleChain());
    const idOf = (text: string) =>
      buildSnapshot(importBallastChain(JSON.parse(text)), presetPolicy("les"), { rows: 40 }).snapshotId;
    const id = idOf(written);
    for (const [from, to] of [
      [/"forward":"(\d+)"/g, '"forward":"$1.00"'],
      [/"lotSize":"(0\.\d+)"/g, '"lotSize":"$1000"'],
      [/T08:00:00\.000Z/, "T08:00:00Z"],
      [/,/g, " , "],
    ] as const) {
      const spelled = written.replace(from, to);
      expect(spelled).not.toBe(written);
      expect(idOf(spelled)).toBe(id);
    }
    expect(
      decodeSnapshot(encodeSnapshot(buildSnapshot(sampleChain(), presetPolicy("les"), { rows: 40 })))
        .snapshotId,
    ).toBe(id);
  });
});

describe("a lot", () => {
  it.each([
    ["USDC", "0.0000005"],
    ["BTC", "0.00000001"],
    ["BTC-PERPETUAL", "0.0000001"],
  ])("of %s is refused where it is worth next to nothing: its figures would be rounding", (name, lot) => {
    const tiny = craft((inputs) => Object.assign(row(inputs, name), { lotSize: lot }));
    expect(() => decodeSnapshot(tiny)).toThrow(/lot worth less than half a cent/);
  });

  it("of collateral is valued at the index, and at nothing else", () => {
    const cheap = craft((inputs) => Object.assign(row(inputs, "BTC"), { forward: "42001" }));
    expect(() => decodeSnapshot(cheap)).toThrow(/collateral at another price than the index/);
  });
});

describe("a name that sounds like a preset's", () => {
  it.each(["les-2", "les2", "LES", "les/9", "deribit-pm-2", "span-16-1"])(
    "is no name for own rules: %s",
    (name) => {
      expect(soundsLikePreset(name)).toBe(true);
    },
  );
  it.each(["five-of-les", "lessing", "our-span-16", "venue-1"])("is not this one: %s", (name) => {
    expect(soundsLikePreset(name)).toBe(false);
  });
});

describe("a policy under a preset's name", () => {
  const honest = decodeSnapshot(craft(() => undefined));
  const gutted = decodeSnapshot(craft(gut));

  it("has that preset's digest or is told apart, also where policyHash is the same", () => {
    expect(policyOrigin(honest.policy)).toBe("preset");
    expect(policyOrigin(gutted.policy)).toBe("impostor");
    const calm = decodeSnapshot(
      craft(({ policy }) => {
        for (const scenario of policy.scenarios) scenario.spot = ["0", "0"];
      }),
    );
    expect(calm.policyHash).toBe(honest.policyHash);
    expect(policyOrigin(calm.policy)).toBe("impostor");
    expect(policyDigest(calm.policy)).not.toBe(policyDigest(honest.policy));
    expect(policyOrigin({ ...calm.policy, name: "calm" })).toBe("own");
  });

  it.each([
    ["verify", gut, "NOT those of the preset les/2, whose name it has"],
    ["show", gut, "NOT those of the preset les/2, whose name it has"],
    ["verify", () => undefined, "rules are the preset les"],
    ["show", () => undefined, "rules are the preset les"],
    ["verify", ({ policy }: RawInputs) => Object.assign(policy, { name: "mine" }), "rules are no preset"],
  ])("is judged by snapshot %s", async (command, edit, says) => {
    const path = join(folder, "p.json");
    writeFileSync(path, craft(edit));
    const { code, out } = await cli("snapshot", command, path);
    expect(code).toBe(0);
    expect(out).toContain(says);
    expect(out).toContain(policyDigest(decodeSnapshot(craft(edit)).policy));
    if (command === "verify") for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});
