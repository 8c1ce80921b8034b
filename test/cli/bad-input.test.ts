import { mkdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportBallastChain } from "../../src/market/importers/ballast.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { cli, cliJson, expectRefusal, type Folder, portfolio, temporaryFolder } from "./harness.ts";

let folder: Folder;
let snapshot: string;
beforeAll(async () => {
  folder = temporaryFolder();
  snapshot = folder.file("snapshot.json");
  await cliJson("snapshot", "build", "--rows", "24", "--include", OPTION, "-o", snapshot);
});
afterAll(() => folder.remove());

const OPTION = "BTC-27FEB26-90000-C";

describe("portfolios", () => {
  const refused: readonly (readonly [what: string, content: string, code: string, says: RegExp])[] = [
    [
      "an unknown instrument",
      JSON.stringify(portfolio("a", { "BTC-27FEB26-91234-C": "1" })),
      "UNKNOWN_INSTRUMENT",
      /BTC-27FEB26-91234-C is not in this snapshot[\s\S]*spelling[\s\S]*--include/,
    ],
    [
      "a quantity off the lot grid",
      JSON.stringify(portfolio("a", { [OPTION]: "1.2345678" })),
      "OFF_LOT_GRID",
      new RegExp(`quantity of ${OPTION} is not a whole number of lots[\\s\\S]*lot size`),
    ],
    [
      "more lots than a slot holds",
      JSON.stringify(portfolio("a", { USDC: "687194767.36" })),
      "LOT_OVERFLOW",
      /position in USDC has 2\^36 lots or more[\s\S]*larger lot/,
    ],
    [
      "more lots than a slot holds, short",
      JSON.stringify(portfolio("a", { [OPTION]: "-98765432109876543210" })),
      "LOT_OVERFLOW",
      /2\^36 lots or more/,
    ],
    [
      "an instrument twice",
      JSON.stringify({
        account: "a",
        positions: [
          { instrument: "USDC", quantity: "1" },
          { instrument: "USDC", quantity: "2" },
        ],
      }),
      "DUPLICATE_INSTRUMENT",
      /USDC stands twice[\s\S]*one net quantity/,
    ],
    [
      "a quantity that is no decimal",
      JSON.stringify(portfolio("a", { USDC: "1e5" })),
      "INVALID_DECIMAL",
      /quantity of USDC is not a decimal[\s\S]*-12\.5/,
    ],
    [
      "a quantity that is a number",
      '{"account":"a","positions":[{"instrument":"USDC","quantity":7654321}]}',
      "INVALID_PORTFOLIO",
      /positions\.0\.quantity[\s\S]*looks like/,
    ],
    [
      "an unknown key",
      '{"account":"a","positions":[],"note":"7654321"}',
      "INVALID_PORTFOLIO",
      /expected form[\s\S]*looks like/,
    ],
    ["broken JSON", '{"account":"a","positions":[{"instru', "INVALID_INPUT", /is not JSON[\s\S]*cut off/],
    ["nothing", "", "INVALID_INPUT", /is not JSON/],
    [
      "an account id outside the field",
      JSON.stringify(portfolio(`0x${"f".repeat(64)}`, {})),
      "OUT_OF_RANGE",
      /account id/,
    ],
  ];

  it.each(refused)("refuses %s, in margin and in prove", async (_, content, code, says) => {
    const path = folder.write("portfolio.json", content);
    await expectRefusal(folder.path, ["margin", "-s", snapshot, "-p", path], { exit: 2, code, says });
    const argv = ["prove", "-s", snapshot, "-p", path, "-o", folder.file("proof.json")];
    const opening = ["--opening", folder.file("opening.json")];
    await expectRefusal(folder.path, [...argv, ...opening], { exit: 2, code, says });
  });

  it("takes an empty portfolio: nothing is required of it", async () => {
    const path = folder.writeJson("portfolio.json", portfolio("a", {}));
    const report = await cliJson("margin", "-s", snapshot, "-p", path);
    expect(report).toMatchObject({ equity: "0", requirement: "0", coverageRatio: null, tier: 0 });
  });

  it("refuses one with more positions than any circuit or the named one has slots", async () => {
    const { rows } = JSON.parse((await cli("snapshot", "show", snapshot, "--json")).out) as {
      rows: readonly { readonly instrument: string; readonly lot: string }[];
    };
    const positions = Object.fromEntries(rows.slice(0, 17).map(({ instrument, lot }) => [instrument, lot]));
    const path = folder.writeJson("portfolio.json", portfolio("a", positions));
    const argv = ["prove", "-s", snapshot, "-p", path, "-o", folder.file("proof.json")];
    await expectRefusal(folder.path, [...argv, "--instance", "16x120"], {
      exit: 2,
      code: "PORTFOLIO_TOO_LARGE",
      says: /17 positions; this circuit has 16 slots[\s\S]*larger instance/,
    });
  });
});

describe("snapshot build", () => {
  const build = (...rest: string[]) => ["snapshot", "build", "-o", folder.file("new.json"), ...rest];

  it("refuses an unknown policy", async () => {
    await expectRefusal(folder.path, build("--policy", "lse"), {
      exit: 3,
      code: "FILE_ERROR",
      says: /policy "lse"[\s\S]*les, deribit-pm, span-16/,
    });
  });

  it("refuses a policy that isn't valid, and one that is no JSON", async () => {
    const wrong = folder.writeJson("policy.json", { name: "mine", stressWeight: "-1" });
    const refusal = { exit: 2, code: "INVALID_POLICY", says: /policy file/ };
    await expectRefusal(folder.path, build("--policy", wrong), refusal);
    const broken = folder.write("broken-policy.json", "{");
    await expectRefusal(folder.path, build("--policy", broken), {
      ...refusal,
      says: /is not JSON/,
      hintless: true,
    });
  });

  it.each(["0", "-5", "1.5", "many", "0x10", "", "9999999999"])("refuses --rows %j", async (rows) => {
    const refusal = { exit: 2, code: "INVALID_INPUT", says: /--rows takes a whole number of at least 1/ };
    await expectRefusal(folder.path, build(`--rows=${rows}`), refusal);
  });

  it("refuses fewer rows than the collateral and the perpetuals need", async () => {
    await expectRefusal(folder.path, build("--rows", "2"), {
      exit: 2,
      code: "OUT_OF_RANGE",
      says: /7 instruments must be in the table, which has 2 rows/,
    });
  });

  it("refuses an instrument that the market lacks", async () => {
    await expectRefusal(folder.path, build("--include", "BTC-1JAN99-1-C"), {
      exit: 2,
      code: "UNKNOWN_INSTRUMENT",
      says: /BTC-1JAN99-1-C/,
      hintless: true,
    });
  });

  it("refuses a chain that isn't there, is no chain or is cut off", async () => {
    const none = folder.file("none.csv");
    const missing = { exit: 3, code: "FILE_ERROR", says: /none\.csv/ };
    await expectRefusal(folder.path, build("--chain", none), missing);
    const text = folder.write("chain.json", '{"format":"ballast.chain/1","quotes":[');
    const broken = { exit: 2, code: "INVALID_MARKET", says: /chain\.json/ };
    await expectRefusal(folder.path, build("--chain", text), broken);
    const csv = folder.write("chain.csv", "a,b,c\n1,2,3\n");
    await expectRefusal(folder.path, build("--chain", csv), { ...broken, says: /column|header|chain/ });
  });

  it("refuses options that the bundled sample would ignore", async () => {
    const refusal = {
      exit: 2,
      code: "INVALID_INPUT",
      says: /go with a chain[\s\S]*bundled sample[\s\S]*--chain/,
    };
    for (const option of ["--max-age=60", "--strict", "--perpetuals=x.csv"])
      await expectRefusal(folder.path, build(option), refusal);
  });

  it("refuses shocks that mean nothing", async () => {
    const wrong = { exit: 2, code: "INVALID_INPUT", says: /two relative moves[\s\S]*-0\.15,0\.6/ };
    await expectRefusal(folder.path, build("--sample-shock=-0.15"), wrong);
    const chain = folder.file("some.json");
    await expectRefusal(folder.path, build("--sample-shock=-0.1,0.1", "--chain", chain), {
      ...wrong,
      says: /bundled sample only/,
    });
  });

  it("leaves an old snapshot as it was when the new one can't be made", async () => {
    folder.write("new.json", "the old one");
    await expectRefusal(folder.path, build("--policy", "lse"), {
      exit: 3,
      code: "FILE_ERROR",
      says: /policy/,
    });
    expect(readFileSync(folder.file("new.json"), "utf8")).toBe("the old one");
  });

  it("leaves a damaged registry as it was", async () => {
    const registry = folder.write("registry.json", '{"format":"ballast.registry/1","instruments":[{"id":64');
    await expectRefusal(folder.path, build("--registry", registry), {
      exit: 3,
      code: "FILE_ERROR",
      says: /registry[\s\S]*left untouched/,
    });
  });

  it("says when the result can't be written", async () => {
    mkdirSync(folder.file("a-folder"), { recursive: true });
    await expectRefusal(folder.path, ["snapshot", "build", "-o", folder.file("a-folder")], {
      exit: 3,
      code: "FILE_ERROR",
      says: /a-folder can't be written[\s\S]*permissions/,
    });
  });
});

describe("snapshots", () => {
  const readers = (path: string) => {
    const p = folder.writeJson("portfolio.json", portfolio("a", { USDC: "1" }));
    return [
      ["snapshot", "verify", path],
      ["snapshot", "show", path],
      ["margin", "-s", path, "-p", p],
      ["prove", "-s", path, "-p", p, "-o", folder.file("proof.json"), "--opening", folder.file("o.json")],
    ];
  };

  it.each([
    ["a price", /"84000"/, '"84001"', "SNAPSHOT_TAMPERED", /inputs|policy/],
    [
      "the id",
      /"snapshotId":"0x[01]/,
      '"snapshotId":"0x2',
      "SNAPSHOT_TAMPERED",
      /id is not what[\s\S]*publisher/,
    ],
    ["the table's hash", /"tableHash":"0x./, '"tableHash":"0xg', "INVALID_SNAPSHOT", /tableHash/],
    ["its time", /"time":"1769760000"/, '"time":"1769760001"', "SNAPSHOT_TAMPERED", /time is not what/],
    ["its spelling", /\n\]\}\}\n$/, "\n]}}\n\n", "SNAPSHOT_TAMPERED", /spelling[\s\S]*reformat/],
    ["its end", /\n\]\}\}\n$/, "", "INVALID_SNAPSHOT", /not JSON/],
  ])("refuses one with %s changed, in every command", async (_, pattern, by, code, says) => {
    const text = readFileSync(snapshot, "utf8");
    const changed = text.replace(pattern, by);
    expect(changed).not.toBe(text);
    const path = folder.write("tampered.json", changed);
    for (const argv of readers(path))
      await expectRefusal(folder.path, argv, { exit: 2, code, says, hintless: /not JSON/.test(says.source) });
  });

  it("refuses one that isn't there", async () => {
    const path = folder.file("nowhere.json");
    for (const argv of readers(path)) {
      const refusal = {
        exit: 3,
        code: "FILE_ERROR",
        says: /snapshot .*nowhere\.json can't be read[\s\S]*path/,
      };
      await expectRefusal(folder.path, argv, refusal);
    }
  });
});

describe("circuits and keys", () => {
  it("refuses an unknown instance everywhere", async () => {
    const p = folder.writeJson("portfolio.json", portfolio("a", { USDC: "1" }));
    const refusal = { exit: 2, code: "UNKNOWN_CIRCUIT", says: /"7x7"[\s\S]*coverage_16x120_s35k2/ };
    await expectRefusal(folder.path, ["circuits", "7x7"], refusal);
    await expectRefusal(folder.path, ["setup", "--dev", "7x7"], refusal);
    await expectRefusal(folder.path, ["demo", "--instance", "7x7"], refusal);
    const prove = ["prove", "-s", snapshot, "-p", p, "-o", folder.file("proof.json")];
    await expectRefusal(folder.path, [...prove, "--instance", "7x7"], refusal);
  });

  it("wants to know which kind of key", async () => {
    const refusal = { exit: 2, code: "INVALID_INPUT", says: /--dev or --ptau FILE[\s\S]*trying things out/ };
    await expectRefusal(folder.path, ["setup", "16x120"], refusal);
    await expectRefusal(folder.path, ["setup", "16x120", "--dev", "--ptau", "x"], refusal);
  });

  it("refuses a Powers of Tau file that isn't there, without a key left over", async () => {
    const argv = ["setup", "16x120", "--ptau", folder.file("none.ptau"), "-o", folder.file("new.zkey")];
    await expectRefusal(folder.path, argv, {
      exit: 2,
      code: "INVALID_PTAU",
      says: /none\.ptau[\s\S]*prepared/,
    });
  });

  it("refuses backends that aren't there", async () => {
    const p = folder.writeJson("portfolio.json", portfolio("a", { USDC: "1" }));
    const argv = ["prove", "-s", snapshot, "-p", p, "-o", folder.file("proof.json"), "--backend", "gnark"];
    const refusal = {
      exit: 2,
      code: "INVALID_INPUT",
      says: /gnark[\s\S]*auto, ballast, snarkjs or rapidsnark/,
    };
    await expectRefusal(folder.path, argv, refusal);
  });
});

describe("the demo", () => {
  it("refuses an instance that is too small before it makes anything", async () => {
    await expectRefusal(folder.path, ["demo", "--instance", "16x120", "--out", folder.file("out")], {
      exit: 2,
      code: "PORTFOLIO_TOO_LARGE",
      says: /16 slots[\s\S]*larger instance/,
    });
  });

  it("refuses markets that make no story", async () => {
    const sample = folder.write("sample.json", exportBallastChain(sampleChain()));
    const refusal = {
      exit: 2,
      code: "INVALID_INPUT",
      says: /before the crash goes with one after it[\s\S]*--before, --chain/,
    };
    await expectRefusal(folder.path, ["demo", "--before", sample], refusal);
    await expectRefusal(folder.path, ["demo", "--before", sample, "--chain", sample], {
      ...refusal,
      says: /not earlier[\s\S]*Swap the two \(--before, --chain\)/,
    });
  });
});
