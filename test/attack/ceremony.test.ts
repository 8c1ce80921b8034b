import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ChaCha } from "ffjavascript";
import { curves, zKey } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeTranscript } from "../../src/cli/commands/setup.ts";
import { invert, reduce } from "../../src/math/field.ts";
import { sharedCurve } from "../../src/prover/curve.ts";
import { beacon, contribute, setupPtau, verifyCeremony } from "../../src/prover/keys/ceremony.ts";
import { readContributions } from "../../src/prover/keys/contributions.ts";
import { loadKey } from "../../src/prover/keys/load-key.ts";
import { keyPaths, keyPathsOf } from "../../src/prover/keys/manifest.ts";
import { checkPtau } from "../../src/prover/keys/ptau.ts";
import { describeCeremony, transcriptPath, writeTranscript } from "../../src/prover/keys/transcript.ts";
import { readZkey } from "../../src/prover/keys/zkey.ts";
import { ensureArtifacts } from "../../src/prover/node/artifacts.ts";
import { writeBigInt } from "../../src/prover/r1cs-file.ts";
import { circuitId, keyHash } from "../../src/prover/verifying-key.ts";
import { testPtau } from "../helpers/ptau.ts";
import { errorOf, toy, useTemporaryHome } from "../prover/toy.ts";

const home = await useTemporaryHome();
const file = (name: string) => join(home, name);
const ptau = file("pot9.ptau");
const blake2b = (bytes: Buffer) => createHash("blake2b512").update(bytes).digest("hex");
const sha256 = (bytes: Buffer) => `0x${createHash("sha256").update(bytes).digest("hex")}`;
const BEACON = `${"00".repeat(31)}ff`;
let ptauHash: string;
let circuitHash: Buffer;

beforeAll(async () => {
  ptauHash = await testPtau(file("b.ptau"), ptau);
  await setupPtau(toy(), { ptau, ptauHash, output: file("0.zkey") });
  await contribute(toy(), { from: file("0.zkey"), output: file("1.zkey"), name: "Mallory" });
  const first = readFileSync(file("0.zkey"));
  circuitHash = first.subarray(sectionOf(first, 10).at).subarray(0, 64);
});
afterAll(async () => {
  const curve = (await curves.getCurveFromName("bn128")) as { terminate(): Promise<void> };
  await curve.terminate();
});

const verify = (name: string, install = false) =>
  verifyCeremony(toy(), { zkey: file(name), ptau, ptauHash, install });

/** The start and the length of a section's content. */
function sectionOf(bytes: Buffer, type: number): { readonly at: number; readonly length: number } {
  let at = 12;
  while (bytes.readUInt32LE(at) !== type) at += 12 + Number(bytes.readBigUInt64LE(at + 4));
  return { at: at + 12, length: Number(bytes.readBigUInt64LE(at + 4)) };
}

/** A copy of a key with another list of contributions, which is its last section. */
function withContributions(from: string, to: string, change: (section: Buffer) => Buffer): string {
  const bytes = readFileSync(file(from));
  const { at, length } = sectionOf(bytes, 10);
  expect(at + length).toBe(bytes.length);
  const section = change(Buffer.from(bytes.subarray(at)));
  const out = Buffer.concat([bytes.subarray(0, at), section]);
  out.writeBigUInt64LE(BigInt(section.length), at - 8);
  writeFileSync(file(to), out);
  return file(to);
}

/** Puts a transcript that fits as well as it can beside a key that may be refused. */
function writeFittingTranscript(name: string): void {
  const transcript = JSON.parse(readFileSync(transcriptPath(file("1.zkey")), "utf8"));
  writeFileSync(
    transcriptPath(file(name)),
    JSON.stringify({ ...transcript, zkeyHash: sha256(readFileSync(file(name))) }),
  );
}

const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
};
const named = (name: string): Buffer => {
  const bytes = Buffer.from(name);
  return Buffer.concat([u32(0), u32(bytes.length + 2), Buffer.from([1, bytes.length]), bytes]);
};
/** deltaAfter, s, sx, spx and the transcript: what of an entry is hashed. */
const POINTS = 3 * 64 + 128 + 64;

/** A list of contributions with known secrets, made by snarkjs' rules but for their choice. */
async function knownContributions(circuitHash: Buffer, secrets: readonly bigint[]): Promise<Buffer> {
  const curve = await sharedCurve();
  const affine = (k: bigint) => curve.G1.toAffine(curve.G1.timesScalar(curve.G1.gAffine, k));
  const accumulated = createHash("blake2b512").update(circuitHash);
  const entries: Buffer[] = [];
  let delta = 1n;
  for (const secret of secrets) {
    delta = reduce(delta * secret);
    const [after, s, sx] = [affine(delta), affine(7n), affine(reduce(7n * secret))];
    const own = [s, sx].map((point) => curve.G1.toUncompressed(point));
    const transcript = own.reduce((hash, bytes) => hash.update(bytes), accumulated.copy()).digest();
    const rng = new ChaCha(Array.from({ length: 8 }, (_, index) => transcript.readUInt32BE(4 * index)));
    const spx = curve.G2.toAffine(curve.G2.timesScalar(curve.G2.fromRng(rng), secret));
    for (const bytes of [curve.G1.toUncompressed(after), ...own, curve.G2.toUncompressed(spx), transcript]) {
      accumulated.update(bytes);
    }
    entries.push(Buffer.concat([after, s, sx, spx, transcript, named("Alice")]));
  }
  return Buffer.concat([circuitHash, u32(secrets.length), ...entries]);
}

const refusal = (says: RegExp) => ({ code: "INVALID_KEY", shortMessage: expect.stringMatching(says) });

describe("a contribution that changes nothing", () => {
  it.each([
    ["its secret is 1", [1n], /Contribution 1 .* changes nothing/],
    ["its secret is -1", [reduce(-1n)], /Contribution 1 .* changes nothing/],
    ["the next one takes it back", [5n, invert(reduce(5n))], /Contribution 2 .* takes back/],
  ])("is refused wherever it comes from: %s", async (name, secrets, says) => {
    const zkey = `${name}.zkey`;
    const list = await knownContributions(circuitHash, secrets);
    withContributions("0.zkey", zkey, () => list);
    writeFittingTranscript(zkey);
    const add = { from: file(zkey), output: file(`after ${zkey}`), name: "block" };
    for (const use of [
      () => verify(zkey, true),
      () => beacon(toy(), { ...add, value: BEACON, iterationsExp: 10 }),
      () => contribute(toy(), add),
      async () => readContributions(await readZkey(file(zkey))),
    ]) {
      expect(await errorOf(use)).toMatchObject(refusal(says));
    }
    expect(existsSync(file(`after ${zkey}`))).toBe(false);
    expect(await errorOf(() => loadKey(toy(), { kind: "ceremony" }))).toMatchObject(refusal(/no key/));
  });

  it("is refused as a beacon alone is, and a beacon may not come first", async () => {
    const closed = { value: BEACON, iterationsExp: 10, name: "block" };
    await beacon(toy(), { from: file("0.zkey"), output: file("b.zkey"), ...closed });
    expect(await errorOf(() => verify("b.zkey", true))).toMatchObject(refusal(/Nobody has contributed/));
    const late = contribute(toy(), { from: file("b.zkey"), output: file("late.zkey"), name: "Alice" });
    expect(await errorOf(() => late)).toMatchObject(refusal(/Contribution 1 .* a beacon closes a ceremony/));
    expect(existsSync(file("late.zkey"))).toBe(false);
  });
});

describe("a contribution that is interrupted between its two files", () => {
  it("leaves no key without a transcript: the same command does it again", async () => {
    const output = file("between.zkey");
    const add = { from: file("0.zkey"), output, name: "Carol" };
    mkdirSync(join(transcriptPath(output), "full"), { recursive: true }); // so that no transcript can be written
    expect(await errorOf(() => contribute(toy(), add))).toMatchObject({ code: "FILE_ERROR" });
    expect(existsSync(output)).toBe(false);
    rmSync(transcriptPath(output), { recursive: true });
    writeFileSync(transcriptPath(output), "left by the one that was killed");
    const { contributions } = await contribute(toy(), add);
    expect((await verify("between.zkey")).transcript.contributions).toEqual(contributions);
  });
});

describe("a contribution whose proof of knowledge does not bind", () => {
  const bytesAt = (offset: number, change: (bytes: Buffer) => void) => (section: Buffer) => {
    change(section.subarray(64 + 4 + offset));
    return section;
  };
  const zero = (from: number, length: number) => bytesAt(from, (bytes) => bytes.fill(0, 0, length));
  const cases: [string, (section: Buffer) => Buffer, RegExp][] = [
    ["s and sx are infinity", zero(64, 128), /none of its group/],
    ["spx is infinity", zero(192, 128), /none of its group/],
    ["deltaAfter is infinity", zero(0, 64), /none of its group/],
    ["s is off the curve", bytesAt(64, (bytes) => writeBigInt(bytes, 5n, 0)), /none of its group/],
    ["a coordinate has a second spelling", bytesAt(64, (bytes) => bytes.fill(0xff, 0, 32)), /damaged/],
    ["s and sx are exchanged", bytesAt(64, (bytes) => swap(bytes, 64)), /another place/],
    ["deltaAfter and s are exchanged", bytesAt(0, (bytes) => swap(bytes, 64)), /another place/],
    ["deltaAfter is s", bytesAt(0, (bytes) => bytes.copy(bytes, 0, 64, 128)), /does not prove/],
    ["it was made in another ceremony", (section) => section.fill(1, 0, 64), /another place/],
    [
      "it is there twice",
      (s) => Buffer.concat([s.subarray(0, 64), u32(2), s.subarray(68), s.subarray(68)]),
      /another/,
    ],
    ["it is neither contribution nor beacon", bytesAt(POINTS, (bytes) => bytes.writeUInt32LE(2)), /damaged/],
    ["it is a beacon without value", bytesAt(POINTS, (bytes) => bytes.writeUInt32LE(1)), /damaged/],
    [
      "it is left out",
      (section) => Buffer.concat([section.subarray(0, 64), u32(0)]),
      /lead to the key's delta/,
    ],
  ];
  it.each(cases)("is refused: %s", async (_, change, says) => {
    withContributions("1.zkey", "unbound.zkey", change);
    writeFittingTranscript("unbound.zkey");
    expect(await errorOf(() => verify("unbound.zkey", true))).toMatchObject(refusal(says));
  });

  it("control: an honest one verifies, and closed by a beacon it is installed", async () => {
    await verify("1.zkey");
    const closed = { value: BEACON, iterationsExp: 10, name: "block" };
    await beacon(toy(), { from: file("1.zkey"), output: file("2.zkey"), ...closed });
    const { key } = await verify("2.zkey", true);
    expect((await loadKey(toy())).keyHash).toBe(key?.keyHash);
    copyFileSync(file("2.zkey"), file("elsewhere.zkey"));
    writeFileSync(keyPathsOf(file("elsewhere.zkey")).manifest, JSON.stringify(key?.manifest));
    expect((await loadKey(toy(), { zkey: file("elsewhere.zkey") })).keyHash).toBe(key?.keyHash);
  });
});

function swap(bytes: Buffer, length: number): void {
  const first = Buffer.from(bytes.subarray(0, length));
  bytes.copyWithin(0, length, 2 * length);
  first.copy(bytes, length);
}

describe("names of contributors", () => {
  it("are bound by the records that contributors publish: whoever renames one, changes it and all that follow", async () => {
    await contribute(toy(), { from: file("1.zkey"), output: file("m2.zkey"), name: "Bob" });
    const before = (await verify("m2.zkey")).transcript.contributions;
    withContributions("m2.zkey", "renamed.zkey", (section) => {
      const first = section.subarray(0, 64 + 4 + POINTS);
      const rest = section.subarray(64 + 4 + POINTS + named("Mallory").length);
      return Buffer.concat([first, named("Alice (university)"), rest]);
    });
    const artifacts = await ensureArtifacts(toy());
    const checked = await checkPtau(ptau, 1, ptauHash);
    const forged = await describeCeremony(toy(), artifacts, file("renamed.zkey"), checked);
    writeTranscript(transcriptPath(file("renamed.zkey")), forged);
    const after = (await verify("renamed.zkey")).transcript.contributions;
    expect(after.map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
    expect(after.map(({ name }) => name)).toEqual(["Alice (university)", "Bob"]);
    for (const [index, { record }] of after.entries()) expect(record).not.toBe(before[index]?.record);
    // Nor does a transcript with the old records go with it.
    writeTranscript(transcriptPath(file("renamed.zkey")), { ...forged, contributions: [...before] });
    expect(await errorOf(() => verify("renamed.zkey"))).toMatchObject({
      details: { field: "contributions" },
    });
  });

  it("are printed on one line, without control characters", async () => {
    const evil = `Alice: ${"ab".repeat(32)}\n  2. Bob\u001b[1A\u202eX`;
    withContributions("1.zkey", "evil.zkey", (section) =>
      Buffer.concat([section.subarray(0, 64 + 4 + POINTS), named(evil)]),
    );
    const artifacts = await ensureArtifacts(toy());
    const checked = await checkPtau(ptau, 1, ptauHash);
    const transcript = await describeCeremony(toy(), artifacts, file("evil.zkey"), checked);
    const lines = describeTranscript("evil.zkey", transcript).split("\n");
    expect(lines.filter((line) => /^ {2}\d+\. /.test(line))).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(lines.join("\n")).toContain(transcript.contributions[0]?.record);
  });
});

describe("a Powers of Tau file that was cut off, given with its own hash", () => {
  const give = async (name: string, bytes: Buffer) => {
    writeFileSync(file(name), bytes);
    return errorOf(() =>
      setupPtau(toy(), { ptau: file(name), ptauHash: blake2b(bytes), output: file(`${name}.zkey`) }),
    );
  };

  it("is refused, at whatever place", async () => {
    const bytes = readFileSync(ptau);
    const ends = [2, 3, 4, 5, 6, 7, 12, 13, 14, 15].map((type) => {
      const { at, length } = sectionOf(bytes, type);
      return at + length;
    });
    for (const end of [...ends.flatMap((at) => [at - 64, at]), bytes.length - 1].filter(
      (at) => at < bytes.length,
    )) {
      expect(await give("cut.ptau", bytes.subarray(0, end)), `cut at ${end}`).toMatchObject({
        code: "INVALID_PTAU",
      });
    }
    expect(existsSync(file("cut.ptau.zkey"))).toBe(false);
  });

  it("is refused also where its table of sections was mended, or something follows", async () => {
    const bytes = readFileSync(ptau);
    for (const type of [2, 12, 15]) {
      const { at, length } = sectionOf(bytes, type);
      const short = Buffer.concat([bytes.subarray(0, at + length - 64), bytes.subarray(at + length)]);
      short.writeBigUInt64LE(BigInt(length - 64), at - 8);
      expect(await give("short.ptau", short), `section ${type}`).toMatchObject({ code: "INVALID_PTAU" });
    }
    expect(await give("long.ptau", Buffer.concat([bytes, Buffer.alloc(1)]))).toMatchObject({
      code: "INVALID_PTAU",
    });
    // A header that claims more power than the points have.
    const claims = Buffer.from(bytes);
    claims.writeUInt32LE(10, sectionOf(bytes, 1).at + 36);
    expect(await give("claims.ptau", claims)).toMatchObject({ code: "INVALID_PTAU" });
  });
});

describe("a key for the same matrices A and B, and another C", () => {
  /** The circuit with every "A*B = C" turned into "A*B = 0": what is linear asks for nothing. */
  async function otherConstraints(): Promise<string> {
    const bytes = readFileSync((await ensureArtifacts(toy())).r1cs);
    const { at, length } = sectionOf(bytes, 2);
    let changed = 0;
    for (let offset = at, matrix = 0; offset < at + length; matrix = (matrix + 1) % 3) {
      const terms = bytes.readUInt32LE(offset);
      offset += 4;
      for (let term = 0; term < terms; term++, offset += 36) {
        if (matrix !== 2) continue;
        bytes.fill(0, offset + 4, offset + 36);
        changed++;
      }
    }
    expect(changed).toBeGreaterThan(100);
    writeFileSync(file("other.r1cs"), bytes);
    return file("other.r1cs");
  }

  it("is refused, although its ceremony was an honest one: by verification, and as a key elsewhere", async () => {
    const r1cs = await otherConstraints();
    await zKey.newZKey(r1cs, ptau, file("o0.zkey"));
    await zKey.contribute(file("o0.zkey"), file("o1.zkey"), "Alice", "entropy");
    const artifacts = await ensureArtifacts(toy());
    const zkey = await readZkey(file("o1.zkey"));
    const hash = keyHash(zkey.verifyingKey, toy());
    const manifest = {
      format: "ballast.key/1",
      circuit: toy().name,
      dev: false,
      created: new Date().toISOString(),
      r1csHash: artifacts.r1csHash,
      zkeyHash: sha256(readFileSync(file("o1.zkey"))),
      keyHash: hash,
      circuitId: circuitId(toy().name, hash),
    };
    writeFileSync(keyPathsOf(file("o1.zkey")).manifest, JSON.stringify(manifest));
    const refused = { code: "KEY_MISMATCH", hint: expect.stringContaining("verify its ceremony") };
    expect(await errorOf(() => loadKey(toy(), { zkey: file("o1.zkey") }))).toMatchObject(refused);
    const checked = await checkPtau(ptau, 1, ptauHash);
    const transcript = await describeCeremony(toy(), artifacts, file("o1.zkey"), checked);
    writeTranscript(transcriptPath(file("o1.zkey")), transcript);
    expect(await errorOf(() => verify("o1.zkey", true))).toMatchObject(refusal(/does not verify/));
    const own = keyPaths(artifacts.r1csHash, toy().name, "ceremony");
    expect(existsSync(own.zkey) && readFileSync(own.zkey).equals(readFileSync(file("o1.zkey")))).toBe(false);
  });
});

describe("a key that is swapped while it is verified", () => {
  it("is not installed: what was verified is", async () => {
    await contribute(toy(), { from: file("0.zkey"), output: file("honest.zkey"), name: "Honest" });
    await contribute(toy(), { from: file("0.zkey"), output: file("other.zkey"), name: "Other" });
    const folder = keyPaths((await ensureArtifacts(toy())).r1csHash, toy().name, "ceremony").zkey;
    const verified = verify("honest.zkey", true);
    let swapped = false;
    const copied = () =>
      existsSync(dirname(folder)) && readdirSync(dirname(folder)).some((name) => name.endsWith(".tmp"));
    const watch = setInterval(() => {
      if (swapped || !copied()) return;
      swapped = true;
      copyFileSync(file("other.zkey"), file("honest.zkey"));
    }, 1);
    try {
      const { transcript, key } = await verified;
      expect(swapped).toBe(true);
      expect((await loadKey(toy())).keyHash).toBe(transcript.keyHash);
      expect(key?.keyHash).toBe(transcript.keyHash);
    } finally {
      clearInterval(watch);
    }
  });
});
