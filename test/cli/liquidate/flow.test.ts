import { existsSync, readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDeployment } from "../../../src/chain/deploy/deployment-file.ts";
import { checkLiquidation } from "../../../src/chain/liquidation/check.ts";
import { bondOf, feeOf } from "../../../src/chain/liquidation/fees.ts";
import { readFunds } from "../../../src/chain/liquidation/read-funds.ts";
import { readParameters } from "../../../src/chain/liquidation/read-parties.ts";
import { readSettlement } from "../../../src/chain/liquidation/settlement.ts";
import { liquidationOf } from "../../../src/chain/liquidation/system.ts";
import { CASH, MICROS, PARAMETERS, UNITS } from "../../chain/liquidation/stage.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { cli, cliJson, contentsOf } from "../harness.ts";
import { refuseFlippedBids } from "./flipped-bid.ts";
import { CliStage, PUT } from "./stage.ts";

const { auction: AUCTION } = PARAMETERS;

useSimulatedProofs(SMALL);

let stage: CliStage;
beforeAll(async () => {
  stage = await CliStage.deployed();
  await stage.register("trader", stage.funded({ [PUT]: -2n }, 900_000n));
  await stage.register("maker", stage.funded({ [PUT]: 2n }, 3_000_000n));
  await stage.register("firm", [{ instrumentId: CASH, quantity: 5_012_347n }], "alice");
  await stage.register("bankrupt", stage.funded({ [PUT]: -7n }, -200_000n));
  await stage.register("long-5", stage.funded({ [PUT]: 5n }, 3_000_000n));
  await stage.register("long-2", stage.funded({ [PUT]: 2n }, 3_000_000n));
  await stage.begin("trader", "maker", "firm", "bankrupt", "long-5", "long-2");
});
afterAll(() => stage.stop());

describe("ballast deploy --liquidation", () => {
  it("leaves contracts that belong together, with the file's parameters and all verifiers", async () => {
    const deployment = loadDeployment(stage.deploymentPath);
    await checkLiquidation(stage.client, deployment);
    expect(await readParameters(stage.client, stage.system)).toEqual(PARAMETERS);
    expect(deployment.liquidation).toMatchObject({
      owner: stage.addresses.owner,
      operator: stage.addresses.owner,
      microsPerLot: String(MICROS),
      settlementId: CASH,
    });
    const verifiers = deployment.verifiers.map(({ circuit }) => circuit).sort();
    expect(verifiers).toEqual(
      [
        "ceiling_4x8_s5k2",
        "coverage_4x8_s5k2",
        "deleverage_4",
        "empty_4",
        "equity_4x8_s5k2",
        "membership_d4",
        "report_s5k2",
        "solvency_2x4x8_s5k2_d4",
        "reduction_4x8_s5k2",
        "transfer_4",
      ].sort(),
    );
  });

  it("writes openings for their owner only", async () => {
    for (const name of ["house", "trader"]) {
      expect(statSync(stage.file(`${name}.json`)).mode & 0o777).toBe(0o600);
      expect(await stage.opens(name)).toBe(true);
    }
    expect(await stage.show("trader")).toMatchObject({ case: null, account: { frozen: false } });
  });
});

describe("ballast deploy --liquidation by the venue itself", () => {
  it("gives the settlement asset its token, and says what is next", async () => {
    const path = stage.file("own.json");
    const argv = stage
      .deployArguments(path)
      .map((text) => (text === stage.addresses.venue ? stage.addresses.owner : text));
    const { code, out } = await cli(...argv);
    expect(code).toBe(0);
    expect(out).toMatch(/LiquidationEngine +0x/);
    expect(out).toMatch(/next, as the venue:\n {2}ballast liquidate register --house/);
    expect(out).not.toMatch(/ballast vault add/);
    const system = liquidationOf(loadDeployment(path));
    expect(await readSettlement(stage.client, system)).toEqual({ token: stage.token, unitsPerLot: UNITS });
  });

  it("deploys nothing for a token or an oracle that isn't there", async () => {
    const path = stage.file("none.json");
    const nobody = `0x${"9".repeat(40)}`;
    const argv = stage.deployArguments(path);
    const tokenless = argv.map((text) => (text === stage.token ? nobody : text));
    for (const wrong of [tokenless, [...argv, "--volatility-oracle", nobody]]) {
      const { code, err } = await cli(...wrong);
      expect({ code, err }).toMatchObject({ code: expect.any(Number), err: expect.stringMatching(/error/) });
      expect(code).toBeGreaterThan(1);
      expect(existsSync(path)).toBe(false);
    }
  });
});

describe("a case of an account that is under water", () => {
  it("opens, is disclosed, bid for, and settled by its winner", async () => {
    const trader = stage.file("trader.json");
    const { alice } = stage.addresses;
    // Who bids in a case was listed before it opened.
    await stage.liquidate("owner", "list-liquidator", alice);
    expect(await stage.prove("carol", "attest", "--account", trader)).toMatchObject({ tier: 3 });
    const { caseId, status } = await stage.liquidate<Record<"caseId" | "status", string>>(
      ...(["carol", "open", "trader"] as const),
    );
    expect(status).toBe("sealed");
    expect(await stage.show(caseId)).toMatchObject({
      case: { status: "sealed", outcome: "none" },
      next: [
        { action: "bid", who: "who was listed when the case opened" },
        ...[{ action: "deposit-cure" }, { action: "abandon" }],
      ],
    });

    const key = stage.file("alice.disclosure");
    const { publicKey } = await cliJson("liquidate", "key", "create", "-o", key);
    expect(await stage.liquidate("alice", "key", "publish", "--key", key)).toMatchObject({ publicKey });
    const about = ["--snapshot", stage.file("snapshot.json")];
    const circuit = ["--circuit", "4x8"];
    await stage.liquidate(
      ...(["venue", "disclose", caseId, "--account", trader, "--to", alice, ...about, ...circuit] as const),
    );
    const disclosed = stage.file("disclosed.json");
    await cliJson(
      ...["liquidate", "open-disclosure", caseId, "--key", key, "--as", alice, ...about, "-o", disclosed],
      ...stage.on(),
    );
    expect(stage.open("disclosed")).toEqual(stage.open("trader"));

    const cash = ((stage.equityOf("trader") * 9n) / MICROS / 10n).toString();
    const bidFile = stage.file("alice.bid");
    await stage.liquidate("alice", "bid", caseId, "--cash", cash, "--bid-file", bidFile);
    // Given again, it is the same bid; another one is not written over it.
    const saved = readFileSync(bidFile, "utf8");
    for (const [lots, error] of [
      [cash, { code: "CHAIN_ERROR", details: { error: "AlreadyBid" } }],
      [`${cash}1`, { code: "BID_MISMATCH" }],
    ] as const) {
      const again = ["bid", caseId, "--cash", lots, "--bid-file", bidFile];
      const { out } = await cli("liquidate", ...again, ...stage.as("alice"), "--json");
      expect(JSON.parse(out).error).toMatchObject(error);
      expect(readFileSync(bidFile, "utf8")).toBe(saved);
    }
    const { auction } = await stage.show(caseId);
    await stage.serveTo(auction?.commitUntil ?? 0n);
    await refuseFlippedBids(stage, caseId, bidFile);
    await stage.liquidate("alice", "reveal", caseId, "--bid-file", bidFile);
    const early = ["settle", caseId, "--bid-file", bidFile, "--account", disclosed, "--taker"];
    const settle = [...early, stage.file("firm.json"), "-o", stage.file("firm-2.json")];
    const refused = await cli("liquidate", ...settle, ...stage.as("alice"), ...stage.proving(), "--json");
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.out).error.message).toMatch(/nobody's turn/);
    await stage.serveTo(auction?.revealUntil ?? 0n);
    expect(await stage.show("trader")).toMatchObject({
      auction: { bids: [{ status: "revealed", cash }], leader: { bidder: alice } },
      next: [
        ...[
          { action: "settle", who: alice },
          { action: "leave", who: alice },
        ],
        ...[{ action: "deposit-cure" }, { action: "abandon" }],
      ],
    });
    const leave = ["leave", caseId, "--account", disclosed, ...stage.proving()];
    const stays = await cli("liquidate", ...leave, ...stage.as("alice"), "--json");
    expect(JSON.parse(stays.out).error.details).toMatchObject({ error: "BidIsEnough" });
    const below = ["--pay", String(BigInt(cash) - 1n)];
    const unshown = ["settle-unshown", ...settle.slice(1)];
    const less = await cli("liquidate", ...unshown, ...below, ...stage.as("alice"), ...stage.proving());
    expect(less.err).toMatch(/more than is offered now[\s\S]*--pay/);
    expect(await stage.prove("alice", ...unshown)).toMatchObject({ cash, tier: 0 });

    expect(await stage.show(caseId)).toMatchObject({
      case: { status: "closed", outcome: "awarded" },
      account: { frozen: false },
      next: [],
    });
    expect(await stage.opens("firm-2")).toBe(true);
    expect(await stage.opens("firm")).toBe(false);
    const kept = ["kept", caseId, ...about, ...circuit, "-o", stage.file("trader-2.json")];
    expect(await cliJson("liquidate", ...kept, ...stage.on())).toMatchObject({ lots: cash });
    expect(await stage.opens("trader-2")).toBe(true);
    expect(await stage.liquidate("alice", "withdraw-credit", "auction")).toMatchObject({
      amount: (bondOf(BigInt(cash), UNITS, AUCTION) - feeOf(BigInt(cash), UNITS, AUCTION)).toString(),
    });
  });
});

describe("a case of a bankrupt account", () => {
  it("is taken over, its loss is absorbed, and the rest is borne by the other side", async () => {
    await stage.prove("carol", "attest", "--account", stage.file("bankrupt.json"));
    const { caseId } = await stage.liquidate<{ caseId: string }>("carol", "open", "bankrupt");
    expect(await stage.show(caseId)).toMatchObject({
      case: { status: "takeover" },
      next: [
        ...[{ action: "anchor" }, { action: "take-over" }, { action: "show-equity" }],
        ...[{ action: "deposit-cure" }, { action: "abandon" }],
      ],
    });
    await stage.serve(PARAMETERS.engine.takeoverNotice);
    await stage.anchor("bankrupt", "long-5", "long-2");
    const lacking = (-stage.equityOf("bankrupt") + MICROS - 1n) / MICROS;
    const insured = lacking / 5n;
    const before = await readFunds(stage.client, stage.system);
    const inFund = before.insurance.assets / UNITS + before.gamma.assets / UNITS;
    await stage.liquidate(
      ...(["carol", "fund", "deposit", "insurance", "--amount", String(insured * UNITS)] as const),
    );
    const house = (n: number) => (n === 1 ? stage.file("house.json") : stage.file(`house-${n}.json`));
    await stage.prove(
      ...(["owner", "take-over", caseId, "--account", stage.file("bankrupt.json")] as const),
      ...["--house", house(1), "-o", house(2)],
    );
    expect(await stage.opens("house-2")).toBe(true);
    await cliJson(
      ...["liquidate", "kept", caseId, "--snapshot", stage.file("snapshot.json"), "--circuit", "4x8"],
      ...["-o", stage.file("bankrupt-2.json"), ...stage.on()],
    );
    expect(stage.open("bankrupt-2").positions).toEqual([]);
    expect(await stage.opens("bankrupt-2")).toBe(true);
    expect(await cliJson("liquidate", "fund", "show", ...stage.on())).toMatchObject({ locked: true });

    const absorbed = await stage.prove<Record<"loss" | "residual", string>>(
      ...(["carol", "absorb", "--house", house(2), "-o", house(3)] as const),
    );
    expect(absorbed.loss).toBe(lacking.toString());
    // The award's fee, of whole lots in each pool, bears a little too.
    const residual = BigInt(absorbed.residual);
    expect(residual <= lacking - insured).toBe(true);
    expect(residual >= lacking - insured - inFund - 1n).toBe(true);
    expect(await stage.opens("house-3")).toBe(true);

    const round = await stage.prove<{ parts: { residual: string }[]; residual: string }>(
      ...(["owner", "deleverage", "--house", house(3)] as const),
      ...["--holders", stage.file("long-5.json"), stage.file("long-2.json"), "-o", stage.file("round")],
    );
    expect(round).toMatchObject({ instrument: PUT, closing: "7", open: "7", leftOut: [] });
    expect(round.parts).toHaveLength(2);
    expect(BigInt(round.residual) <= 2n).toBe(true);
    for (const name of ["round/part-1-holder", "round/part-2-holder", "round/part-2-house"])
      expect(await stage.opens(name), name).toBe(true);
    const put = stage.open("house-3").positions.find(({ quantity }) => quantity === -7n);
    expect(put).toBeDefined();
    expect(stage.open("round/part-2-house").positions).not.toContainEqual(
      expect.objectContaining({ instrumentId: put?.instrumentId }),
    );
    expect((await readFunds(stage.client, stage.system)).residual).toBe(BigInt(round.residual));
  });

  it("refuses a file that was the house's before, and writes nothing", async () => {
    const before = contentsOf(stage.folder.path);
    const argv = ["absorb", "--house", stage.file("house-2.json"), "-o", stage.file("house-9.json")];
    const { code, out } = await cli("liquidate", ...argv, ...stage.as("carol"), ...stage.proving(), "--json");
    expect({ code, error: JSON.parse(out).error.code }).toEqual({ code: 2, error: "COMMITMENT_MISMATCH" });
    expect(contentsOf(stage.folder.path)).toEqual(before);
  });
});

describe("ballast watch --once", () => {
  it("tells everything that happened, in order, and what is open", async () => {
    const { code, out } = await cli("watch", "--once", "--json", ...stage.on());
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const names = lines.filter(({ caseId }) => caseId === "1").map(({ name }) => name);
    expect(names).toEqual([
      ...["CaseOpened", "CaseAdvanced", "SealedOpened", "Disclosed", "BidCommitted", "BidRevealed"],
      ...["Settled", "CaseClosed"],
    ]);
    expect(lines.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Absorbed", "RoundOpened", "Deleveraged", "Deposited"]),
    );
    expect(lines.at(-1)).toMatchObject({ type: "cases", cases: [] });
  });
});

describe("everything that was said", () => {
  /** What must stay inside: salts, keys, and quantities that stand nowhere else by chance. */
  function secrets(): string[] {
    // What an account was left with is public.
    const isPublic = (path: string) => /(trader|bankrupt)-2\.json$/.test(path);
    const files = Object.entries(contentsOf(stage.folder.path)).filter(([path]) => !isPublic(path));
    const salts = files.flatMap(([, text]) => [...text.matchAll(/"salt": "0x0*([0-9a-f]+)"/g)]);
    const keys = files.flatMap(([path, text]) =>
      path.endsWith(".key")
        ? [...text.matchAll(/0x([0-9a-f]{64})/g)]
        : [...text.matchAll(/"privateKey": "0x([0-9a-f]{64})"/g)],
    );
    const hex = [...salts, ...keys].map(([, digits = ""]) => digits);
    const quantities = files.flatMap(([path, text]) =>
      path.endsWith("snapshot.json") ? [] : [...text.matchAll(/"quantity": "-?([0-9.]{6,})"/g)],
    );
    const decimals = quantities.flatMap(([, text = ""]) => [text, text.replace(".", "")]);
    return [...new Set([...hex, ...hex.map((digits) => BigInt(`0x${digits}`).toString()), ...decimals])];
  }

  const says = (text: string, secret: string) =>
    new RegExp(`(?<![0-9a-f.])(0x0*)?${secret.replace(".", "\\.")}(?![0-9a-f])`).test(text);

  it("holds no salt, no key and no quantity, as JSON and on a terminal, in success and failure", async () => {
    const { folder, addresses } = stage;
    const about = ["--snapshot", stage.file("snapshot.json")];
    const account = ["--account", stage.file("maker.json")];
    const again = ["attest", "--account", stage.file("maker.json"), ...stage.proving()];
    const attested = await stage.live("carol", ...again);
    expect(attested).toMatchObject({ code: 0, out: expect.stringMatching(/is attested in tier 0/) });
    expect(attested.err).toMatch(/checking the snapshot[\s\S]*tier of[\s\S]*proving[\s\S]*attesting tier 0/);
    const refused = [
      ["attest", "--account", stage.file("firm.json"), ...stage.proving()],
      [
        "settle",
        "1",
        "--bid-file",
        stage.file("alice.bid"),
        ...account,
        "--taker",
        stage.file("firm-2.json"),
        "-o",
        stage.file("x.json"),
        ...stage.proving(),
      ],
      ["reveal", "1", "--bid-file", stage.file("alice.bid")],
      ["register", ...account, ...about, "--circuit", "4x8", "--owner", addresses.alice],
      ["update", ...account, ...about, "--circuit", "16x120"],
      ["disclose", "1", ...account, "--to", addresses.alice, ...about],
      ["clear", "--house", stage.file("house-3.json"), ...stage.proving()],
      [
        "deleverage",
        "--house",
        stage.file("house-3.json"),
        "--holders",
        stage.file("long-5.json"),
        "-o",
        stage.file("round-2"),
        ...stage.proving(),
      ],
      [
        "open-disclosure",
        "1",
        "--key",
        stage.file("alice.disclosure"),
        ...about,
        "-o",
        stage.file("disclosed.json"),
        "--as",
        addresses.alice,
      ],
    ];
    for (const argv of refused) {
      const { code, err } =
        argv[0] === "open-disclosure" ? await stage.liveReading(...argv) : await stage.live("alice", ...argv);
      expect({ argv, code, err }).toEqual({
        argv,
        code: expect.any(Number),
        err: expect.stringMatching(/error/),
      });
      expect(code, argv[0]).not.toBe(0);
    }
    const found = secrets();
    expect(found.length).toBeGreaterThan(20);
    expect(stage.said.length).toBeGreaterThan(25);
    for (const { argv, out, err } of stage.said) {
      const words = `${out}\n${err}`.replaceAll(folder.path, "").toLowerCase();
      expect(words.length, argv[0]).toBeGreaterThan(1);
      for (const secret of found) expect(says(words, secret), `${argv[0]} says a secret`).toBe(false);
    }
    expect(found.some((secret) => says(`"quantity":"${found.at(-1)}"`, secret))).toBe(true);
  });
});
