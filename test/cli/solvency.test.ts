import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Address, erc20Abi } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountOf, type ChainClient, connect } from "../../src/chain/client.ts";
import { deployedSolvency } from "../../src/chain/deploy/deployment.ts";
import { loadDeployment } from "../../src/chain/deploy/deployment-file.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { viemSolvencyReader } from "../../src/chain/solvency/read.ts";
import { saveSnapshot } from "../../src/risk/snapshot-file.ts";
import { call, deployMock } from "../chain/mocks.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { BATCH, REPORT, smallKeys, smallSnapshot, snapshot, VENUE, venueLines } from "../solvency/small.ts";
import {
  cli,
  cliJson,
  cliProcess,
  contentsOf,
  expectRefusal,
  type Folder,
  portfolio,
  type Refusal,
  temporaryFolder,
} from "./harness.ts";

const [PAYER = "0x", ...OTHERS] = anvilKeys(5);
const [FIRST_ORACLE = "0x", SECOND_ORACLE = "0x", VENUE_KEY = "0x", STRANGER = "0x"] = OTHERS;
const venueAddress = accountOf(VENUE_KEY).address;
/** What the venue's accounts hold, in lots and by name. */
const RESERVES = { USDC: "125500", BTC: "2", ETH: "10" };
const IDS = { USDC: 1, BTC: 2, ETH: 3 };

useSimulatedProofs([BATCH, REPORT]);

let folder: Folder;
let file: string;
let lines: string;
beforeAll(async () => {
  await smallKeys();
  folder = temporaryFolder();
  file = folder.file("snapshot.json");
  saveSnapshot(file, snapshot);
  lines = folder.write("venue.jsonl", venueLines());
});
afterAll(() => folder.remove());

const refusal = (exit: number, code: string, says: RegExp): Refusal => ({ exit, code, says });

describe("a venue on chain", { timeout: 600_000 }, () => {
  let anvil: Anvil;
  let client: ChainClient;
  let deployment: string;
  let run: string;
  let house: Address;
  const tokens: Record<string, Address> = {};
  const keys: Record<string, string> = {};
  const as = (name: string) => ["--private-key-file", keys[name] ?? ""];
  const chain = () => ["--rpc", anvil.rpcUrl, "--deployment", deployment];
  const vault = (...argv: string[]) => ["vault", ...argv, ...chain()];
  const post = (...argv: string[]) => ["solvency", "post", run, ...chain(), ...as("payer"), ...argv];
  const show = (...argv: string[]) => ["solvency", "show", ...chain(), ...argv];
  const reader = () => viemSolvencyReader(client.public, deployedSolvency(loadDeployment(deployment)));
  const nonce = () => client.public.getTransactionCount({ address: client.account.address });
  const setTime = async (seconds: bigint) => {
    const params = [`0x${seconds.toString(16)}`];
    await client.public.request({ method: "evm_setNextBlockTimestamp", params } as never);
    await client.public.request({ method: "evm_mine" } as never);
  };
  /** Refused in both forms, and nothing was sent. */
  const refused = async (argv: readonly string[], expected: Refusal) => {
    const before = await nonce();
    const error = await expectRefusal(folder.path, argv, expected);
    expect(await nonce()).toBe(before);
    return error;
  };

  beforeAll(async () => {
    anvil = await startAnvil({ timestamp: snapshot.time + 1n });
    client = await connect(anvil.rpcUrl, PAYER);
    for (const [name, key] of Object.entries({
      payer: PAYER,
      first: FIRST_ORACLE,
      second: SECOND_ORACLE,
      venue: VENUE_KEY,
      stranger: STRANGER,
    }))
      keys[name] = folder.write(`${name}.key`, `${key}\n`);
    deployment = folder.file("deployment.json");
    run = folder.file("run");
    house = await deployMock(client, "MockClearingHouse");
    await call(client, house, "MockClearingHouse", "set", [2_000_000_000n, 500_000_001n]);
    for (const [name, amount] of Object.entries(RESERVES)) {
      const token = await deployMock(client, "Token");
      tokens[name] = token;
      await call(client, token, "Token", "mint", [client.account.address, BigInt(amount) * 10n ** 18n]);
    }
  });
  afterAll(() => anvil.stop());

  describe("deploy", () => {
    const deploy = (output: string, ...argv: string[]) => [
      ...[
        "deploy",
        BATCH.name,
        REPORT.name,
        "--rpc",
        anvil.rpcUrl,
        "-o",
        folder.file(output),
        ...as("payer"),
      ],
      ...["--oracle", accountOf(FIRST_ORACLE).address, accountOf(SECOND_ORACLE).address, ...argv],
    ];

    it("refuses a venue or a clearing house that can't be", async () => {
      const alone = deploy("none.json", "--clearing-house", house);
      await refused(alone, refusal(2, "INVALID_INPUT", /--clearing-house goes with --venue/));
      const nobody = deploy("none.json", "--venue", `0x${"00".repeat(20)}`);
      await refused(nobody, refusal(2, "INVALID_INPUT", /--venue is nobody's address/));
      await refused(deploy("none.json", "--venue", "0x12"), refusal(2, "INVALID_INPUT", /--venue takes/));
      const deaf = deploy("none.json", "--venue", venueAddress, "--clearing-house", tokens["BTC"] ?? "");
      await refused(deaf, refusal(2, "INVALID_INPUT", /does not tell its funds[\s\S]*IClearingHouse/));
    });

    it("writes the venue's contracts into the deployment", async () => {
      const argv = deploy("deployment.json", "--venue", venueAddress, "--clearing-house", house);
      const deployed = await cliJson<{ solvency: { venue: string; clearingHouse: string } }>(...argv);
      expect(deployed.solvency).toMatchObject({ venue: venueAddress, clearingHouse: house });
      expect(folder.readJson("deployment.json")).toEqual(deployed);
    });

    it("has no venue without one", async () => {
      const human = await cli(...deploy("coverage.json"));
      expect(human.out).not.toContain("SolvencyRegistry");
      expect(folder.readJson("coverage.json")).not.toHaveProperty("solvency");
      const other = ["--rpc", anvil.rpcUrl, "--deployment", folder.file("coverage.json")];
      for (const argv of [
        ["vault", "show", ...other],
        ["solvency", "show", ...other],
      ])
        await refused(argv, refusal(2, "INVALID_INPUT", /no solvency registry[\s\S]*--venue/));
    });
  });

  describe("publish", () => {
    it("takes the snapshot with the batch circuit's table point", async () => {
      const signatures: string[] = [];
      for (const oracle of ["first", "second"]) {
        const output = folder.file(`${oracle}.signature.json`);
        const on = ["-s", file, "--deployment", deployment, "--instance", BATCH.name];
        await cliJson("sign", ...on, ...as(oracle), "-o", output);
        signatures.push(output);
      }
      await cliJson(
        ...["publish", "-s", file, ...chain(), "--instance", BATCH.name, "--signatures", ...signatures],
        ...as("payer"),
      );
    });
  });

  describe("vault", () => {
    const add = (name: string, ...argv: string[]) =>
      vault("add", name, "--token", tokens[name] ?? "", ...as("venue"), ...argv);

    it("takes assets by name, with the lots of the snapshot", async () => {
      for (const name of ["USDC", "ETH"] as const) {
        const added = await cliJson(...add(name, "-s", file));
        const { lotSize } = snapshot.rows.find((row) => row.instrumentId === IDS[name])?.instrument ?? {};
        expect(added).toMatchObject({
          asset: name,
          instrumentId: IDS[name],
          token: tokens[name],
          // The tokens have 18 decimals, as lot sizes do.
          unitsPerLot: lotSize?.toString(),
        });
      }
    });

    it("takes assets by id", async () => {
      const wrong = vault("add", "2", "--token", tokens["BTC"] ?? "", ...as("venue"));
      await refused(wrong, refusal(2, "INVALID_INPUT", /is unknown[\s\S]*--units-per-lot/));
      const differs = add("BTC", "-s", file, "--units-per-lot", "1000");
      await refused(differs, refusal(2, "INVALID_INPUT", /100000000000000 units of this token, not 1000/));
      const human = await cli(...wrong, "--units-per-lot", "100000000000000");
      expect(human).toMatchObject({ code: 0, out: expect.stringContaining("asset 2 is 0x") });
    });

    it("refuses what is no asset, and anybody but the venue", async () => {
      for (const [name, says] of [
        ["BTC-PERPETUAL", /no collateral asset of the snapshot[\s\S]*USDC, BTC, ETH/],
        ["DOGE", /no collateral asset/],
        ["7", /no collateral asset/],
      ] as const) {
        const argv = vault("add", name, "--token", tokens["BTC"] ?? "", ...as("venue"), "-s", file);
        await refused(argv, refusal(2, "UNKNOWN_INSTRUMENT", says));
      }
      const nameless = vault("deposit", "BTC", "--lots", "1", ...as("payer"));
      await refused(nameless, refusal(2, "INVALID_INPUT", /Only a snapshot knows[\s\S]*--snapshot/));
      const high = vault("deposit", "8", "--lots", "1", ...as("payer"));
      await refused(high, refusal(2, "INVALID_INPUT", /no collateral asset 8[\s\S]*1 to 7/));
      const twice = add("BTC", "-s", file);
      await refused(twice, refusal(3, "CHAIN_ERROR", /AssetAlreadyAdded/));
      const stranger = vault("add", "4", "--token", tokens["BTC"] ?? "", "--units-per-lot", "1");
      await refused([...stranger, ...as("stranger")], refusal(3, "CHAIN_ERROR", /OnlyVenue[\s\S]*venue's/));
    });

    it("takes deposits by amount or by lots, from anyone", async () => {
      for (const [argv, code, says] of [
        [[], "INVALID_INPUT", /--lots, --amount/],
        [["--lots", "1", "--amount", "1"], "INVALID_INPUT", /--lots, --amount/],
        [["--lots", "0"], "INVALID_INPUT", /--lots takes a whole number/],
        [["--amount", "0.00005", "-s", file], "OFF_LOT_GRID", /A lot is 0\.0001 BTC/],
        [["--amount", "-1", "-s", file], "OFF_LOT_GRID", /whole lots/],
        [["--amount", "1,5", "-s", file], "INVALID_DECIMAL", /not a decimal/],
        [
          ["--amount", "1"],
          "INVALID_INPUT",
          /Only a snapshot says how much a lot is[\s\S]*--snapshot, --lots/,
        ],
      ] as const) {
        const name = argv.includes(file as never) ? "BTC" : "2";
        await refused(vault("deposit", name, ...argv, ...as("payer")), refusal(2, code, says));
      }
      const much = vault("deposit", "2", "--lots", "20001", ...as("payer"));
      await refused(much, refusal(3, "CHAIN_ERROR", /too little of the token[\s\S]*20001 lots/));
      const usdc = vault("deposit", "USDC", "--amount", RESERVES.USDC, "-s", file, ...as("payer"));
      expect((await cli(...usdc)).out).toContain("deposited 125500 USDC");
      // One lot of BTC is missing.
      expect(await cliJson(...vault("deposit", "2", "--lots", "19999", ...as("payer")))).toMatchObject({
        asset: "asset 2",
        lots: "19999",
      });
      await cliJson(...vault("deposit", "ETH", "--amount", RESERVES.ETH, "-s", file, ...as("payer")));
    });

    it("announces a payment for the venue, and takes it back", async () => {
      const to = ["--to", client.account.address];
      const out = vault("request-withdrawal", "ETH", "--amount", "0.5", "-s", file, ...to);
      await refused([...out, ...as("payer")], refusal(3, "CHAIN_ERROR", /OnlyVenue/));
      const announced = await cli(...out, ...as("venue"));
      expect(announced.out).toMatch(/^withdrawal 1: 0\.5 ETH for 0x.*complete-withdrawal 1$/m);
      const human = (await cli(...vault("show", "-s", file))).out;
      expect(human).toMatch(/ETH .*9\.5/);
      expect(human).toMatch(/withdrawals that wait[\s\S]*1 +ETH +500 +0\.5 +0x/);
      const complete = vault("complete-withdrawal", "1", ...as("payer"));
      await refused(complete, refusal(3, "CHAIN_ERROR", /NotReady[\s\S]*announced time/));
      const cancel = vault("cancel-withdrawal", "1");
      await refused([...cancel, ...as("payer")], refusal(3, "CHAIN_ERROR", /OnlyVenue/));
      expect((await cli(...cancel, ...as("venue"))).out).toContain("its lots count again");
      await refused(complete, refusal(3, "CHAIN_ERROR", /UnknownWithdrawal/));
      const number = vault("complete-withdrawal", "first", ...as("payer"));
      await refused(number, refusal(2, "INVALID_INPUT", /whole number/));
    });

    it("shows what it holds, by name and by number", async () => {
      const shown = await cliJson<{ assets: readonly object[] }>(...vault("show", "-s", file));
      expect(shown).toMatchObject({ withdrawals: [] });
      expect(shown.assets).toMatchObject([
        { asset: "USDC", instrumentId: 1, amount: "125500", token: tokens["USDC"] },
        { asset: "ETH", instrumentId: 3, amount: "10", lots: "10000" },
        { asset: "BTC", instrumentId: 2, amount: "1.9999", lots: "19999" },
      ]);
      const human = await cli(...vault("show"));
      expect(human.out).toContain("asset 2");
      expect(human.out).toContain(venueAddress);
      expect((await cli(...vault("show", "-s", file))).out).toMatch(/BTC .*1\.9999/);
    });
  });

  describe("post", () => {
    it("needs a run that was begun for this deployment", async () => {
      await cliJson(
        "solvency",
        "run",
        "-p",
        lines,
        "-s",
        file,
        "-o",
        folder.file("off"),
        "--backend",
        "snarkjs",
      );
      const off = ["solvency", "post", folder.file("off"), ...chain(), ...as("payer")];
      await refused(off, refusal(2, "RUN_CONFLICT", /for verification off chain[\s\S]*--deployment/));
      const on = ["-s", file, "-o", run, "--deployment", deployment, "--backend", "snarkjs"];
      const late = ["solvency", "run", "-p", lines, ...on, "--deadline", String(snapshot.time + 3601n)];
      await refused(late, refusal(2, "INVALID_INPUT", /snapshot's expiry on chain[\s\S]*for 3600 seconds/));
      const made = await cliJson("solvency", "run", "-p", lines, ...on);
      expect(made).toMatchObject({ venue: venueAddress, batches: 3 });
    });

    it("is refused, with nothing sent, without key, venue, files, snapshot or reserves", async () => {
      const keyless = ["solvency", "post", run, ...chain()];
      await refused(keyless, refusal(2, "INVALID_INPUT", /BALLAST_PRIVATE_KEY/));
      await refused(post(), refusal(2, "RESERVES_SHORT", /short of 1 lots of asset 2[\s\S]*vault deposit/));
      await refused(post("-s", file), refusal(2, "RESERVES_SHORT", /short of 0\.0001 BTC/));
      await cliJson(...vault("deposit", "BTC", "--amount", "0.0001", "-s", file, ...as("payer")));
      await refused(post(), refusal(2, "INVALID_INPUT", /is not its venue[\s\S]*Sign it with the key of/));
      const stranger = post("--venue-key-file", keys["stranger"] ?? "");
      await refused(stranger, refusal(2, "INVALID_INPUT", /is not its venue/));
      for (const chunk of ["0", "65", "many"])
        await refused(
          post("--chunk", chunk),
          refusal(2, chunk === "65" ? "OUT_OF_RANGE" : "INVALID_INPUT", /whole number|1 to 64/),
        );
      const nowhere = ["solvency", "post", folder.file("nowhere"), ...chain(), ...as("payer")];
      await refused(nowhere, refusal(3, "FILE_ERROR", /nowhere/));
      const other = folder.file("other.snapshot.json");
      saveSnapshot(other, smallSnapshot(snapshot.time * 1000n + 1000n));
      await refused(post("-s", other), refusal(2, "RUN_CONFLICT", /another snapshot/));
      const elsewhere = folder.writeJson("elsewhere.json", { ...loadDeployment(deployment), chainId: 1 });
      const argv = post().map((text) => (text === deployment ? elsewhere : text));
      await refused(argv, refusal(2, "INVALID_INPUT", /on chain 31337, the deployment on chain 1/));
      cpSync(run, folder.file("part"), { recursive: true });
      rmSync(folder.file("part/public/proofs/00000002.json"));
      const part = post().map((text) => (text === run ? folder.file("part") : text));
      await refused(part, refusal(2, "INVALID_INPUT", /not complete[\s\S]*solvency run/));
    });

    it("says where a proof is wrong, and goes on once it is there", async () => {
      const [first, second] = [1, 2].map((i) =>
        readFileSync(join(run, `public/proofs/0000000${i}.json`), "utf8"),
      );
      const spoilt = folder.file("spoilt");
      cpSync(run, spoilt, { recursive: true });
      const swapped = { ...JSON.parse(first ?? ""), proof: JSON.parse(second ?? "").proof };
      writeFileSync(join(spoilt, "public/proofs/00000001.json"), JSON.stringify(swapped));
      const venue = ["--venue-key-file", keys["venue"] ?? "", "--chunk", "1"];
      const argv = post(...venue).map((text) => (text === run ? spoilt : text));
      const { code, err } = await cli(...argv);
      expect(code).toBe(1);
      expect(err).toContain("The proof of batch 1 does not verify.");
      // The run is open now, so nobody's signature is needed any more.
      const human = await cli(...post("--chunk", "1"));
      expect(human.code).toBe(0);
      expect(human.out).toMatch(
        /is attested \(it was open, with 1 batches\)\n {2}3 transactions, [0-9,]+ gas/,
      );
      expect(human.err).toMatch(/3 of 3 batches: [0-9,]+ gas/);
      const again = await cli(...post());
      expect(again).toMatchObject({
        code: 0,
        out: expect.stringContaining("attested already: nothing was sent"),
      });
      expect(await cliJson(...post())).toMatchObject({ steps: [], resumedAt: 3, gas: "0" });
    });
  });

  describe("show", () => {
    it("prints the page of a regulator, with every field of the disclosure standards", async () => {
      const { code, out } = await cli(...show("-s", file));
      expect(code).toBe(0);
      const found = await reader().readAttestation();
      if (found === undefined) throw new Error("there is an attestation");
      for (const text of [
        /^status +CURRENT$/m,
        /^closed at +2026-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m,
        /^expires +2026-/m,
        new RegExp(`^venue +${venueAddress}$`, "m"),
        new RegExp(`^run +${found.runId}$`, "m"),
        /^accounts root +0x[0-9a-f]{64}$/m,
        /^snapshot +0x[0-9a-f]{64}, 2026-/m,
        /^batches +3$/m,
        /^keys +DEVELOPMENT: whoever made them can forge any run$/m,
        /^lots +the vault's are the snapshot's/m,
        /insurance fund +2,000 USD/,
        /Gamma Reserve +500 USD/,
        /coverage: funds over worst scenario +0\.\d+/,
        /BTC +2 +2 *$/m,
        /USDC +125500 +125500/,
      ])
        expect(out).toMatch(text);
      for (const field of ["4.1", "4.3", "4.4.1", "4.4.3", "4.4.7", "6.1"])
        expect(out).toMatch(new RegExp(`^ {2}${field.replaceAll(".", "\\.")} +\\S`, "m"));
      expect(out).not.toContain("not read");
      const plain = await cli(...show("--run", found.runId));
      expect(plain.out).toMatch(/asset 2 +20000 lots +20000 lots/);
      expect(plain.out).not.toMatch(/^lots/m);
    });

    it("says the same as JSON, disclosures included", async () => {
      const json = await cliJson<{
        attestation: { result: Record<string, unknown>; funds: Record<string, unknown> };
        disclosures: readonly { field: string }[];
        devKeys: boolean;
        lots: readonly { ok: boolean }[];
      }>(...show("-s", file));
      const report = folder.readJson<{ result: Record<string, unknown> }>("run/public/report.json");
      expect(json.attestation.result).toEqual(report.result);
      const worst = BigInt(String(report.result["worstShortfall"]));
      expect(json.attestation).toMatchObject({ status: "current", venue: venueAddress, batches: 3 });
      expect(json.attestation.funds).toEqual({
        insuranceFund: "2000000000",
        gammaReserve: "500000001",
        coveragePpm: String((2_500_000_001n * 1_000_000n) / worst),
      });
      expect(json.disclosures.map(({ field }) => field)).toEqual([
        "4.1",
        "4.3",
        "4.4.1",
        "4.4.3",
        "4.4.7",
        "6.1",
      ]);
      expect(json.devKeys).toBe(true);
      expect(json.lots.map(({ ok }) => ok)).toEqual([true, true, true]);
    });

    it("refuses another snapshot, and a run id that is none", async () => {
      const other = folder.file("other.snapshot.json");
      await refused(
        show("-s", other),
        refusal(2, "INVALID_SNAPSHOT", /of another snapshot[\s\S]*Give snapshot 0x/),
      );
      await refused(show("--run", "0x12"), refusal(2, "INVALID_INPUT", /--run takes/));
    });

    it("exits 1 for a run without attestation", async () => {
      const unknown = await cli(...show("--run", `0x${"12".repeat(32)}`));
      expect(unknown).toMatchObject({ code: 1, out: expect.stringMatching(/^no attestation of run 0x12/) });
      const json = await cli(...show("--run", `0x${"12".repeat(32)}`, "--json"));
      expect(json.code).toBe(1);
      expect(JSON.parse(json.out)).toEqual({ attestation: null });
    });
  });

  describe("the examples", () => {
    const example = (name: string, ...argv: string[]) =>
      spawnSync(
        process.execPath,
        [
          ...["--import", import.meta.resolve("tsx")],
          fileURLToPath(new URL(`../../docs/integrate/examples/${name}`, import.meta.url)),
          ...argv,
        ],
        { encoding: "utf8" },
      );

    it.each(["read-attestation-viem.ts", "read-attestation-ethers.ts"])(
      "%s prints what the reader reads",
      async (name) => {
        const { registry } = deployedSolvency(loadDeployment(deployment));
        const { status, stdout, stderr } = example(name, anvil.rpcUrl, registry);
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const found = await reader().readAttestation();
        if (found === undefined) throw new Error("there is an attestation");
        const { result, funds, reserves } = found;
        const says = (label: string) => new RegExp(`^${label} +(.*)$`, "m").exec(stdout)?.[1];
        const micros = (text: string | undefined) => {
          const [whole = "", fraction = ""] = (text ?? "").replace(" USD", "").split(".");
          return BigInt(whole + fraction.padEnd(6, "0"));
        };
        expect(says("run")).toBe(found.runId);
        expect(says("current")).toBe("true");
        expect(BigInt(Date.parse(says("expires") ?? ""))).toBe(found.expiresAt * 1000n);
        expect(says("accounts")).toBe(String(result.accounts));
        expect(says("accounts by tier")).toBe(result.tiers.join(" "));
        expect(micros(says("shortfall now"))).toBe(result.currentShortfall);
        const [worst, scenario] = (says("worst shortfall") ?? "").split(", ");
        expect(micros(worst)).toBe(result.worstShortfall);
        expect(scenario).toBe(`scenario ${result.worstScenario}`);
        expect(micros(says("cover 1"))).toBe(result.cover1Shortfall);
        expect(micros(says("cover 2"))).toBe(result.cover2Shortfall);
        expect(micros(says("insurance fund"))).toBe(funds.insuranceFund);
        expect(micros(says("Gamma Reserve"))).toBe(funds.gammaReserve);
        expect(micros(says("coverage"))).toBe(funds.coveragePpm);
        for (const { instrumentId, proven, held } of reserves)
          expect(says(`reserve ${instrumentId}`)).toBe(`${proven} lots, the vault held ${held}`);
      },
    );

    it.each(["read-attestation-viem.ts", "read-attestation-ethers.ts"])("%s says what it needs", (name) => {
      const { status, stderr } = example(name);
      expect(status).not.toBe(0);
      expect(stderr).toContain("Give an RPC URL and the registry's address.");
    });
  });

  describe("in time", () => {
    it("a run can't be posted after its deadline, and an attestation expires", async () => {
      const late = folder.file("late");
      const deadline = snapshot.time + 1800n;
      const on = ["-s", file, "-o", late, "--deployment", deployment, "--backend", "snarkjs"];
      await cliJson("solvency", "run", "-p", lines, ...on, "--deadline", String(deadline));
      await setTime(deadline + 1n);
      const argv = post("--venue-key-file", keys["venue"] ?? "").map((text) => (text === run ? late : text));
      await refused(argv, refusal(3, "CHAIN_ERROR", /deadline passed \d+ s ago[\s\S]*later deadline/));
      expect((await cli(...show())).code).toBe(0);
      await setTime(snapshot.time + 3601n);
      const expired = await cli(...show());
      expect(expired).toMatchObject({ code: 1, out: expect.stringMatching(/^status +EXPIRED/) });
      const json = await cli(...show("--json"));
      expect(json.code).toBe(1);
      expect(JSON.parse(json.out)).toMatchObject({ attestation: { status: "expired" } });
    });

    it("a payment is made an hour after it was announced, by anyone", async () => {
      const balance = () =>
        client.public.readContract({
          address: tokens["ETH"] ?? "0x",
          abi: erc20Abi,
          functionName: "balanceOf",
          args: [venueAddress],
        });
      const before = await balance();
      const out = vault("request-withdrawal", "3", "--lots", "2", "--to", venueAddress, ...as("venue"));
      const { id, readyAt } = await cliJson<{ id: string; readyAt: string }>(...out);
      expect(id).toBe("2");
      await setTime(BigInt(readyAt));
      const paid = await cli(...vault("complete-withdrawal", id, ...as("stranger")));
      expect(paid).toMatchObject({ code: 0, out: "withdrawal 2 is paid\n" });
      expect((await balance()) - before).toBe(2n * 10n ** 15n);
    });
  });
});

describe("a venue's bad files", { timeout: 600_000 }, () => {
  const runOf = (source: string, ...argv: string[]) => [
    ...["solvency", "run", "-p", source, "-s", file, "-o", folder.file("bad"), ...argv],
  ];
  const withLines = (text: string) => folder.write("bad.jsonl", text);
  /** Refused once all accounts are read: no file of them is left. */
  const refusedLate = async (argv: readonly string[], expected: Refusal) => {
    await expectRefusal(undefined, argv, expected);
    expect(Object.keys(contentsOf(folder.file("bad")))).toEqual([]);
    rmSync(folder.file("bad"), { recursive: true });
  };

  it("are refused with the line", async () => {
    const [first, second] = venueLines().split("\n");
    const broken = withLines(`${first}\n${second}\n{oops\n`);
    await expectRefusal(
      folder.path,
      runOf(broken),
      refusal(2, "INVALID_PORTFOLIO", /Line 3 of .*bad\.jsonl/),
    );
    const twice = withLines(`${venueLines()}\n${first}\n`);
    const says = /Line 6 of .*account maker stands twice/;
    await expectRefusal(folder.path, runOf(twice), refusal(2, "DUPLICATE_ACCOUNT", says));
    const unknown = withLines(`${first}\n${JSON.stringify(portfolio("x", { DOGE: "1" }))}`);
    await expectRefusal(folder.path, runOf(unknown), refusal(2, "UNKNOWN_INSTRUMENT", /Line 2 of .*DOGE/));
  });

  it("are refused when they don't net, by how much", async () => {
    const open = withLines(venueLines(VENUE.slice(0, 4)));
    const says = /do not net to zero: 5000 BTC-PERPETUAL[\s\S]*counterparty/;
    await refusedLate(runOf(open), refusal(2, "NOT_NETTED", says));
  });

  it("are refused when the reserves are short, by how much", async () => {
    const short = folder.writeJson("reserves.json", { ...RESERVES, BTC: "1.9999" });
    const says = /reserves are short: 0\.0001 BTC/;
    await refusedLate(runOf(lines, "--reserves", short), refusal(2, "RESERVES_SHORT", says));
    const none = folder.writeJson("reserves.json", { "BTC-PERPETUAL": "1" });
    const wrong = refusal(2, "INVALID_INPUT", /not of the expected form at BTC-PERPETUAL/);
    await expectRefusal(folder.path, runOf(lines, "--reserves", none), wrong);
  });

  it("say where an account has too many positions, and how many slots there are", async () => {
    const { rows } = await cliJson<{ rows: readonly { instrument: string; lot: string }[] }>(
      ...["snapshot", "show", file],
    );
    const positions = Object.fromEntries(rows.slice(0, 5).map(({ instrument, lot }) => [instrument, lot]));
    const many = withLines(JSON.stringify(portfolio("desk", positions)));
    const says = /Line 1 of .*5 positions; 2x4x8 has 4 slots[\s\S]*net positions, or split/;
    await expectRefusal(
      folder.path,
      ["solvency", "run", "-p", many, "-s", file, "-o", folder.file("many")],
      refusal(2, "PORTFOLIO_TOO_LARGE", says),
    );
  });

  it("can't take the place of those that a run began with", async () => {
    const begun = folder.file("begun");
    const on = ["-s", file, "-o", begun, "--backend", "snarkjs"];
    await cliJson("solvency", "run", "-p", lines, ...on);
    const other = withLines(venueLines(VENUE.slice(3, 4)));
    const says = /began with other portfolios[\s\S]*another folder/;
    await expectRefusal(
      folder.path,
      ["solvency", "run", "-p", other, ...on],
      refusal(2, "RUN_CONFLICT", says),
    );
    const again = await cliJson("solvency", "run", ...on);
    expect(again).toMatchObject({ batches: 3 });
  });
});

describe("verify", { timeout: 600_000 }, () => {
  it("exits 1 for a run whose files were changed", async () => {
    const changed = folder.file("changed");
    cpSync(folder.file("begun/public"), changed, { recursive: true });
    const verify = ["solvency", "verify", changed, "-s", file];
    expect(await cliJson(...verify)).toMatchObject({ valid: true });
    const report = join(changed, "report.json");
    const text = readFileSync(report, "utf8");
    writeFileSync(
      report,
      text.replace(/"worstShortfall": "1/, '"worstShortfall": "0').replace(/"0(\d)/, '"$1'),
    );
    expect(readFileSync(report, "utf8")).not.toBe(text);
    const human = await cli(...verify);
    expect(human).toMatchObject({ code: 1, out: expect.stringContaining("DOES NOT HOLD") });
    const process = cliProcess([...verify, "--json"]);
    expect(process).toMatchObject({ status: 1, stderr: "" });
    expect(JSON.parse(process.stdout)).toMatchObject({ valid: false });
  });
});
