import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatField } from "../../src/math/field.ts";
import { isPreset, PRESET_NAMES, presetOf, presetPolicy } from "../../src/risk/policy.ts";
import { loadPolicy } from "../../src/risk/policy-file.ts";
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
  [
    "les/2",
    "0x1a89b07c41a0235509a7f5ccd61a91f506e33f0a88137fd23031d9525da58b5e",
    "0xea97eb8efdd079058b8686d935f6d7e86164c66cc9260a46116700eca5554f4a",
  ],
  [
    "deribit-pm/2",
    "0x145938df5ee86ea439d54d61d44dd25cb241023de355894499e0c8eab896ebbb",
    "0x3849fc314965ce8afa0feefe260f9a7d4be84ad42a6ffb9e326e36d7b5b440e4",
  ],
  [
    "span-16/2",
    "0x02f847f5f37db361e81c51073257b7a15224b38f1d99fce7e278633ea4c7d7e5",
    "0x0330cc4af62fcaa852ea9c6b63ba1aeae53af52e5d4a6e2f2dfc2bb161b153e8",
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

  it.each(["les/0", "les/99", "les/", "deribit-pm/1.0", "span-16/02"])(
    "say so when there is no %s",
    (asked) => {
      const { code, message } = failure(() => loadPolicy(asked));
      expect(code).toBe("INVALID_POLICY");
      expect(message).toContain(asked);
    },
  );
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
