import { mkdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packSlots } from "../../src/portfolio/commitment.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { loadPortfolio } from "../../src/portfolio/portfolio-file.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import {
  cli,
  cliJson,
  cliLive,
  cliProcess,
  contentsOf,
  type Folder,
  portfolio,
  type Run,
  temporaryFolder,
} from "./harness.ts";

const INSTANCE = "16x120";
/** Quantities that stand nowhere else by chance; in lots: 739153127, 4391, 68237, -271828. */
const QUANTITIES = {
  USDC: "7391531.27",
  BTC: "0.4391",
  ETH: "-68.237",
  "BTC-27FEB26-90000-C": "-27182.8",
};
/** Few rows: each is derived again by every command. */
const built = ["snapshot", "build", "--rows", "12", "--include", "BTC-27FEB26-90000-C"];
const DIGITS = ["7391531", "739153127", "4391", "68237", "68.237", "271828", "27182.8"];

describe("what prove says", { timeout: 300_000 }, () => {
  let folder: Folder;
  let snapshot: string;
  let path: string;
  let opening: string;
  const runs: (Run & { readonly name: string })[] = [];
  /** The salts in the account's opening file. */
  const saltsOf = (): string[] =>
    folder
      .readJson<{ openings: readonly { readonly salt: string }[] }>("desk.opening.json")
      .openings.map(({ salt }) => salt);
  /** Everything that must stay inside: salt, packed slots and quantities, in decimal and hex. */
  let secrets: string[];

  const says = (text: string) =>
    secrets.some((secret) =>
      new RegExp(`(?<![0-9a-f])(0x0*)?${secret.replace(".", "\\.")}(?![0-9a-f])`).test(text),
    );

  const prove = (...rest: string[]) => [
    ...["prove", "-s", snapshot, "-p", path, "--instance", INSTANCE, "-o", folder.file("proof.json")],
    ...["--opening", opening, "--force", ...rest],
  ];
  const keep = (name: string, run: Run) => {
    runs.push({ name, ...run });
    return run;
  };
  /** In all forms that a command has. */
  const everyForm = async (name: string, exit: number, argv: readonly string[]) => {
    for (const [form, run] of [
      ["", cli(...argv)],
      [" --json", cli(...argv, "--json")],
      [" on a terminal", cliLive(...argv)],
    ] as const) {
      expect(keep(name + form, await run).code, name + form).toBe(exit);
    }
  };

  beforeAll(async () => {
    folder = temporaryFolder();
    snapshot = folder.file("snapshot.json");
    opening = folder.file("desk.opening.json");
    path = folder.writeJson("portfolio.json", portfolio("desk", QUANTITIES));
    await cliJson(...built, "-o", snapshot);
    await cliJson("setup", "--dev", INSTANCE);
    expect(keep("prove on a terminal", await cliLive(...prove())).code).toBe(0);
    const salts = saltsOf();
    const { positions } = loadPortfolio(path, loadSnapshot(snapshot));
    const elements = packSlots(slotsOf(positions, 16)).filter((element) => element !== 0n);
    expect(elements).toHaveLength(1);
    const numbers = [...salts.map(BigInt), ...elements];
    const positive = positions.map(({ quantity }) => (quantity < 0n ? -quantity : quantity));
    secrets = [
      ...numbers.flatMap((value) => [value.toString(), value.toString(16)]),
      ...positive.map((quantity) => quantity.toString()),
      ...DIGITS,
    ];
  });
  afterAll(() => folder.remove());

  it("shows progress step by step without a secret in it", async () => {
    const { err, out } = runs[0] ?? { err: "", out: "" };
    for (const step of ["checking the snapshot", "witness", "proving", "verifying"])
      expect(err).toContain(step);
    expect(out).toContain("is in tier");
  });

  it("keeps the opening for its owner only, and keeps it from run to run", async () => {
    expect(statSync(opening).mode & 0o777).toBe(0o600);
    const before = readFileSync(opening, "utf8");
    const { signals } = folder.readJson<{ signals: { commitment: string } }>("proof.json");
    const again = keep("prove --json", await cli(...prove("--json")));
    expect(again).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(again.out)).toMatchObject({ signals: { commitment: signals.commitment } });
    expect(readFileSync(opening, "utf8")).toBe(before);
  });

  it("puts nothing but the public signals into the proof file and the output", () => {
    const proof = folder.readJson("proof.json");
    expect(Object.keys(proof).sort()).toEqual(
      [
        ...["format", "circuit", "circuitId", "keyHash", "snapshotId", "deadline", "chainId", "registry"],
        ...["signals", "proof"],
      ].sort(),
    );
    expect(Object.keys(proof["signals"] as object).sort()).toEqual([
      "accountId",
      "commitment",
      "context",
      "tier",
    ]);
    runs.push({ name: "proof.json", code: 0, out: JSON.stringify(proof), err: "" });
  });

  it("leaves no other file behind", () => {
    expect(Object.keys(contentsOf(folder.path)).sort()).toEqual(
      ["desk.opening.json", "portfolio.json", "proof.json", "snapshot.json"].map((name) => folder.file(name)),
    );
  });

  it("fails in every way it can", async () => {
    const wrong = (name: string, positions: Record<string, string>) =>
      folder.writeJson(`${name}.json`, portfolio("desk", { ...QUANTITIES, ...positions }));
    const withPortfolio = (file: string) => prove().map((text) => (text === path ? file : text));
    await everyForm("off the grid", 2, withPortfolio(wrong("grid", { BTC: "0.43915" })));
    await everyForm("overflow", 2, withPortfolio(wrong("overflow", { USDC: "739153127000" })));
    await everyForm("no decimal", 2, withPortfolio(wrong("decimal", { USDC: "7391531,27" })));
    await everyForm("unknown", 2, withPortfolio(wrong("unknown", { "BTC-1JAN30-1-C": "27182.8" })));
    const text = readFileSync(path, "utf8");
    await everyForm("cut off", 2, withPortfolio(folder.write("cut.json", text.slice(0, -20))));
    await everyForm("bare", 2, withPortfolio(folder.write("bare.json", "7391531.27 BTC")));
    const numbers = text.replaceAll('"7391531.27"', "7391531.27");
    await everyForm("a number", 2, withPortfolio(folder.write("number.json", numbers)));
    await everyForm("unknown key", 2, withPortfolio(folder.writeJson("key.json", { "7391531": [] })));

    const broken = folder.write("broken.opening.json", readFileSync(opening, "utf8").slice(0, -10));
    const withOpening = (file: string) => prove().map((arg) => (arg === opening ? file : arg));
    await everyForm("broken opening", 2, withOpening(broken));
    const [salt = ""] = saltsOf();
    const longer = readFileSync(opening, "utf8").replace(salt, `${salt}7`);
    const malformed = folder.write("malformed.opening.json", longer);
    await everyForm("malformed opening", 2, withOpening(malformed));
    const other = folder.writeJson("other.json", portfolio("another", QUANTITIES));
    await everyForm("another's opening", 2, withPortfolio(other));
    await everyForm("opening in a file's place", 3, withOpening(folder.file("proof.json/opening.json")));

    mkdirSync(folder.file("taken"));
    const taken = prove().map((arg) => (arg === folder.file("proof.json") ? folder.file("taken") : arg));
    expect(keep("output is a folder", await cli(...taken)).code).toBe(3);
    expect(keep("too few slots", await cli(...prove("--instance", "coverage_4x8_s5k2"))).code).toBe(2);
  });

  it("fails when the prover's backend fails, which knew everything", async () => {
    const standIn = fileURLToPath(new URL("../prover/node/rapidsnark-stand-in.mjs", import.meta.url));
    for (const [mode, exit] of [
      ["", 0],
      ["fail", 3],
      ["bad-proof", 1],
    ] as const) {
      const env = { ...process.env, RAPIDSNARK: standIn, STAND_IN: mode };
      const done = cliProcess(prove("--backend", "rapidsnark"), { env });
      keep(`backend ${mode}`, { code: done.status ?? -1, out: done.stdout, err: done.stderr });
      expect(done.status, mode).toBe(exit);
    }
    const env = { ...process.env, RAPIDSNARK: folder.file("not-there") };
    const gone = cliProcess([...prove("--backend", "rapidsnark"), "--json"], { env });
    keep("no backend", { code: gone.status ?? -1, out: gone.stdout, err: gone.stderr });
    expect({ status: gone.status, stderr: gone.stderr }).toEqual({ status: 3, stderr: "" });
    expect(JSON.parse(gone.stdout)).toMatchObject({ error: { code: "BACKEND_UNAVAILABLE" } });
  });

  it("never said a quantity, a lot, a slot or the salt", () => {
    expect(runs.length).toBeGreaterThan(40);
    for (const { name, out, err } of runs) {
      // Folders and hashes are random: only what isn't part of a longer word counts.
      const words = `${out}\n${err}`.replaceAll(folder.path, "").toLowerCase();
      expect(words.length, name).toBeGreaterThan(0);
      expect(says(words), `${name} says a secret`).toBe(false);
    }
  });

  it("would have noticed", () => {
    const [salt = ""] = saltsOf();
    for (const text of [`the salt is ${salt}.`, '"quantity":"7391531.27"', "slot 271828n"])
      expect(says(text), text).toBe(true);
    expect(says(`nothing to see in 0x${"1271828".repeat(5)}`)).toBe(false);
  });
});

/** With a node and proofs: test/cli/liquidate/flow.test.ts. */
describe("what liquidate says where it fails", () => {
  const ADDRESS = `0x${"1".repeat(40)}`;
  const SALT = "1a2b3c4d5e6f7a8b9c0d";
  const KEY = "7".repeat(64);
  let folder: Folder;
  beforeAll(async () => {
    folder = temporaryFolder();
    await cliJson(...built, "-o", folder.file("snapshot.json"));
    folder.write("a.key", `0x${KEY}`);
    folder.writeJson("deployment.json", {
      ...{ format: "ballast.deployment/2", chainId: 31_337, block: 0, deployer: ADDRESS },
      ...{ verifierRegistry: ADDRESS, snapshotOracle: ADDRESS, tablePointBuilder: ADDRESS },
      ...{ coverageRegistry: ADDRESS, maxAge: 3_600, requireProven: false, verifiers: [] },
      solvency: { venue: ADDRESS, registry: ADDRESS, vault: ADDRESS, clearingHouse: ADDRESS },
      liquidation: {
        ...{
          clock: ADDRESS,
          challenges: ADDRESS,
          sale: ADDRESS,
          desk: ADDRESS,
          anchors: ADDRESS,
          exits: ADDRESS,
        },
        ...{ ledger: ADDRESS, engine: ADDRESS, auction: ADDRESS, clearingHouse: ADDRESS, owner: ADDRESS },
        ...{ guardian: ADDRESS, operator: ADDRESS, settlementId: 1, microsPerLot: "10000" },
        houseAccount: `0x${"0".repeat(61)}384`,
      },
    });
  });
  afterAll(() => folder.remove());

  it("is nothing of the files, whatever is wrong with them", async () => {
    const whole = JSON.stringify({ ...portfolio("desk", QUANTITIES), salt: `0x${SALT}` });
    const bid = {
      ...{ format: "ballast.bid/1", chainId: "31337", auction: ADDRESS, caseId: "2", version: 1 },
      ...{ bidder: ADDRESS, cash: "739153127", salt: `0x${SALT.padEnd(64, "0")}` },
    };
    const accounts = [
      ["whole", whole],
      ["cut off", whole.slice(0, -30)],
      ["a quantity that is a number", whole.replace('"7391531.27"', "7391531.27")],
      ["off the grid", whole.replace("0.4391", "0.43915")],
      ["a long salt", whole.replace(SALT, SALT.padEnd(70, "9"))],
      ["a salt without 0x", whole.replace(`0x${SALT}`, SALT)],
      ["another key", whole.replace('"salt"', '"739153127"')],
    ].map(([name = "", text = ""], i) => [name, folder.write(`${i}.json`, text)] as const);
    const bids = [
      ["another case", folder.writeJson("1.bid", bid)],
      ["malformed", folder.writeJson("2.bid", { ...bid, salt: `${bid.salt}7` })],
      ["cut off", folder.write("3.bid", JSON.stringify(bid).slice(0, -9))],
    ] as const;
    const key = folder.writeJson("bad.disclosure", {
      ...{ format: "ballast.disclosure-key/1", publicKey: `0x${"3".repeat(64)}`, privateKey: `0x${KEY}` },
    });
    const on = ["--deployment", folder.file("deployment.json"), "--rpc", "http://127.0.0.1:9"];
    const as = [...on, "--private-key-file", folder.file("a.key")];
    const proving = ["--snapshot", folder.file("snapshot.json"), "--circuit", "32x120"];
    const out = ["-o", folder.file("out.json")];
    const commands = [
      ...accounts.flatMap(([name, file]) => [
        [name, ["attest", "--account", file, ...proving, ...as]],
        [name, ["deposit-cure", "1", "--account", file, "--lots", "1", ...out, ...proving, ...as]],
        [name, ["take-over", "1", "--account", file, "--house", file, ...out, ...proving, ...as]],
        [name, ["update", "--account", file, ...proving, ...as]],
      ]),
      ...bids.map(([name, file]) => [name, ["reveal", "1", "--bid-file", file, ...as]] as const),
      ["key", ["key", "publish", "--key", key, ...as]],
    ] as readonly (readonly [string, readonly string[]])[];
    const secrets = [...DIGITS, SALT, BigInt(`0x${SALT}`).toString(), KEY];
    const before = contentsOf(folder.path);
    for (const [name, argv] of commands)
      for (const run of [
        await cli("liquidate", ...argv),
        await cli("liquidate", ...argv, "--json"),
        await cliLive("liquidate", ...argv),
      ]) {
        expect(run.code, `${argv[0]}: ${name}`).toBeGreaterThan(1);
        expect(run.code, `${argv[0]}: ${name}`).toBeLessThan(70);
        const words = `${run.out}\n${run.err}`.replaceAll(folder.path, "").toLowerCase();
        for (const secret of secrets)
          expect(words.includes(secret), `${argv[0]} with ${name} says ${secret}`).toBe(false);
      }
    expect(contentsOf(folder.path)).toEqual(before);
  });

  it("is the public half of a new disclosure key alone", async () => {
    for (const [i, run] of [cli, cliLive].entries()) {
      const path = folder.file(`new-${i}.disclosure`);
      const said = await run("liquidate", "key", "create", "-o", path);
      const made = JSON.parse(readFileSync(path, "utf8")) as Record<"publicKey" | "privateKey", string>;
      expect(said).toMatchObject({ code: 0, out: expect.stringContaining(made.publicKey) });
      expect(said.out + said.err).not.toContain(made.privateKey.slice(2));
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
  });
});
