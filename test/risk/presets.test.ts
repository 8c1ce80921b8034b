import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatField } from "../../src/math/field.ts";
import { isPreset, loadPolicy, PRESET_NAMES, presetOf, presetPolicy } from "../../src/risk/policy.ts";
import { presets } from "../../src/risk/presets.ts";
import { buildSnapshot, decodeSnapshot, encodeSnapshot } from "../../src/risk/snapshot.ts";
import { CHAIN, failure } from "./fixtures.ts";

/**
 * What each released version makes of the fixture market: its snapshot's id and input hash. A line is added with a version,
 * and never changed: whoever kept a snapshot must be able to derive it again, byte for byte.
 */
const RELEASED: readonly (readonly [string, string, string])[] = [
  [
    "les/1",
    "0x13e16ab55c32e15a72181848b8d990712c8fcd155726a6f6bc024d20bcfc496c",
    "0x4c0b28bb373ee91d9dc61467eaddd6e29831f3c7a669f51600c1245b2d3f1b04",
  ],
  [
    "deribit-pm/1",
    "0x0dac6522bc3acb6fddf53840d7f7fc22abf9f6a082391b14e40aed8e743c669a",
    "0xab42743c881649165e5ea8911d775484a73cf024bd0e204d59288de5cc456d71",
  ],
  [
    "span-16/1",
    "0x126a0b45cd291df62d2367e997ce6307b8f00c84db9379f28e8871f96b04b32c",
    "0x69dba600466abe6a107cdcfb7c263b13ea70dc33fea09ac793762f782b0e9339",
  ],
];

describe("versions of presets", () => {
  it("are all pinned here", () => {
    expect(new Set(RELEASED.map(([id]) => id))).toEqual(new Set(presets().map(({ id }) => id)));
  });

  it.each(RELEASED)("%s derives the snapshot that it always derived", (id, snapshotId, inputHash) => {
    const snapshot = buildSnapshot(CHAIN, presetPolicy(id));
    expect(formatField(snapshot.snapshotId)).toBe(snapshotId);
    expect(snapshot.inputHash).toBe(inputHash);
    const again = decodeSnapshot(encodeSnapshot(snapshot));
    expect(presetOf(again.policy.name)?.id).toBe(id);
    expect(isPreset(again.policy)).toBe(true);
  });

  it("bear exact names, each its own", () => {
    const names = presets().map(({ policy }) => policy.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { id, name, version, policy } of presets())
      expect(policy.name).toBe(version === 1 ? name : id);
  });

  it("are asked for by name, or by name and version", () => {
    for (const name of PRESET_NAMES) {
      const newest = presets().find((preset) => preset.name === name && preset.isNewest);
      expect(presetPolicy(name)).toEqual(newest?.policy);
      expect(loadPolicy(name)).toEqual(newest?.policy);
      expect(loadPolicy(`${name}/1`).name).toBe(name);
    }
  });

  it.each(["les/0", "les/99", "les/", "deribit-pm/1.0"])("say so when there is no %s", (asked) => {
    const { code, message } = failure(() => loadPolicy(asked));
    expect(code).toBe("INVALID_POLICY");
    expect(message).toContain(asked);
  });
});

describe("a policy that goes by a preset's name", () => {
  const gutted = () => ({ ...presetPolicy("les/1"), stressWeight: "0" });

  it("is that preset only if it is digit for digit", () => {
    expect(isPreset(presetPolicy("les/1"))).toBe(true);
    expect(isPreset(gutted())).toBe(false);
    expect(isPreset({ ...presetPolicy("les/1"), name: "mine" })).toBe(false);
    expect(presetOf("mine")).toBeNull();
    expect(presetOf("les")?.id).toBe("les/1");
  });

  it("is refused as a file unless it is that preset", () => {
    const folder = mkdtempSync(join(tmpdir(), "ballast-preset-"));
    try {
      const path = join(folder, "policy.json");
      writeFileSync(path, JSON.stringify(gutted()));
      const { code, message } = failure(() => loadPolicy(path));
      expect(code).toBe("INVALID_POLICY");
      expect(message).toMatch(/called les, but isn't that preset/);
      writeFileSync(path, JSON.stringify({ ...gutted(), name: "mine" }));
      expect(loadPolicy(path).stressWeight).toBe("0");
      writeFileSync(path, JSON.stringify(presetPolicy("les/1")));
      expect(isPreset(loadPolicy(path))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
