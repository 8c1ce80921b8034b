import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFunds } from "../../../src/chain/liquidation/read-funds.ts";
import { readAccount } from "../../../src/chain/liquidation/read-ledger.ts";
import { readBalance } from "../../../src/chain/token.ts";
import { formatDecimal } from "../../../src/math/decimal.ts";
import { rowByName } from "../../../src/risk/snapshot.ts";
import { CASH, MICROS, PARAMETERS, UNITS } from "../../chain/liquidation/stage.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { cli, cliJson } from "../harness.ts";
import { CliStage, type Person, PUT } from "./stage.ts";

const { auction: AUCTION, challenges: CHALLENGES, engine: ENGINE, sale: SALE } = PARAMETERS;
const FIRM = [{ instrumentId: CASH, quantity: 5_000_000n }];

useSimulatedProofs(SMALL);

let stage: CliStage;
beforeAll(async () => {
  stage = await CliStage.deployed();
  await stage.register("soft", stage.funded({ [PUT]: -4n }, 1_050_000n));
  for (const name of ["sold", "paid", "traded"])
    await stage.register(name, stage.funded({ [PUT]: -2n }, 900_000n));
  await stage.register("planned", stage.funded({ [PUT]: -40n }, 1_050_000n));
  await stage.register("maker", FIRM, "carol");
  await stage.register("quiet", stage.funded({ [PUT]: -1n }, 2_000_000n));
  await stage.register("bankrupt", stage.funded({ [PUT]: -3n }, -50_000n));
  await stage.register("firm", FIRM, "alice");
  await stage.register("buyer", FIRM, "carol");
  await stage.begin(
    "planned",
    "maker",
    "soft",
    "sold",
    "paid",
    "traded",
    "quiet",
    "bankrupt",
    "firm",
    "buyer",
  );
});
afterAll(() => stage.stop());

/** What `n` puts are worth, in lots. */
function putValue(n: bigint): bigint {
  return (n * rowByName(stage.snapshot, PUT).vector.mark) / MICROS;
}

/** A leg of `n` lots of puts, in the instrument's own unit. */
const puts = (n: bigint) =>
  `${PUT}=${formatDecimal(n * rowByName(stage.snapshot, PUT).instrument.lotSize, 18)}`;

/** Attests an account and opens its case. */
async function opened(name: string, tier: number): Promise<string> {
  expect(await stage.prove("bob", "attest", "--account", stage.file(`${name}.json`))).toMatchObject({ tier });
  const { caseId } = await stage.liquidate<{ caseId: string }>("bob", "open", name);
  return caseId;
}

/** A command that must fail: its error. */
async function refusal(
  person: Person,
  ...argv: string[]
): Promise<{ code: string; details: { error?: string } }> {
  const { code, out } = await cli("liquidate", ...argv, ...stage.as(person), "--json");
  expect(code, out).not.toBe(0);
  return JSON.parse(out).error;
}

const balance = (person: Person) => readBalance(stage.client, stage.token, stage.addresses[person]);

/** The options of a trade. */
const trade = (account: string, taker: string, legs: string, cash: bigint, suffix: string) => [
  ...["--account", stage.file(`${account}.json`), "--taker", stage.file(`${taker}.json`)],
  ...["--legs", legs, "--cash", String(cash)],
  ...["--account-output", stage.file(`${account}-${suffix}.json`)],
  ...["--taker-output", stage.file(`${taker}-${suffix}.json`)],
];

describe("ballast liquidate", () => {
  it("reduces an account by a slice in its soft window, and no more once it is healthy, and cures it", async () => {
    const caseId = await opened("soft", 2);
    expect((await stage.show(caseId)).next.map(({ action }) => action)).toEqual([
      ...["reduce", "escalate", "deposit-cure", "abandon"],
    ]);
    expect((await refusal("bob", "escalate", caseId)).details.error).toBe("TooEarly");
    // The clearing house takes a slice: the operator sends it, and the house must not lose.
    const given = trade("soft", "house", puts(-1n), -putValue(1n) - 500n, "3");
    const cheap = trade("soft", "house", puts(-1n), -putValue(1n) + 500n, "4");
    expect((await refusal("owner", "reduce", caseId, ...cheap, ...stage.proving())).details.error).toBe(
      "HouseWouldLose",
    );
    expect(await stage.prove("owner", "reduce", caseId, ...given)).toMatchObject({ tier: 0 });
    for (const name of ["soft-3", "house-3"]) expect(await stage.opens(name), name).toBe(true);
    expect(await stage.show(caseId)).toMatchObject({ case: { status: "soft", version: 2 } });
    // What is left was attested on the way: no slice is taken any more, and the case can be cured at once.
    const more = trade("soft-3", "firm", puts(-1n), -putValue(1n) - 500n, "2");
    const { details } = await refusal("venue", "reduce", caseId, ...more, ...stage.proving());
    expect(details.error).toBe("WrongTier");
    expect(await stage.liquidate("bob", "cure", caseId)).toMatchObject({
      status: "closed",
      outcome: "cured",
    });
    await stage.prove("venue", "trade", ...more);
    for (const name of ["soft-3-2", "firm-2"]) expect(await stage.opens(name), name).toBe(true);
  });

  it("reduces an account along a plan of the cheapest path, slice by slice of it", async () => {
    const caseId = await opened("planned", 2);
    const plan = stage.file("plan.json");
    const penalty = formatDecimal(BigInt(ENGINE.maxPenalty), 4);
    const account = stage.file("planned.json");
    const found = await cliJson<{ slices: readonly { after: { tier: number } }[] }>(
      ...[
        "path",
        "-s",
        stage.file("snapshot.json"),
        "-p",
        account,
        "--only",
        PUT,
        "--max-penalty",
        penalty,
        "-o",
        plan,
      ],
    );
    expect(found.slices.map(({ after }) => after.tier)).toEqual([1]);
    const accounts = ["--account", account, "--taker", stage.file("maker.json"), "--plan", plan];
    const outputs = [
      ...["--account-output", stage.file("planned-2.json")],
      ...["--taker-output", stage.file("maker-2.json")],
    ];
    const slice = [...accounts, ...outputs];
    const both = await refusal("venue", "reduce", caseId, ...slice, "--cash", "1", ...stage.proving());
    expect(both.code).toBe("INVALID_INPUT");
    expect(await stage.prove("venue", "reduce", caseId, ...slice)).toMatchObject({ tier: 1 });
    for (const name of ["planned-2", "maker-2"]) expect(await stage.opens(name), name).toBe(true);
    expect(await stage.liquidate("bob", "cure", caseId)).toMatchObject({ outcome: "cured" });
  });

  it("takes back the new accounts' files when the chain refuses", async () => {
    const argv = trade("firm-2", "buyer", puts(-1n), 0n, "never");
    expect(await refusal("alice", "trade", ...argv, ...stage.proving())).toMatchObject({
      code: "CHAIN_ERROR",
      details: { error: "OnlyVenue" },
    });
    expect(() => stage.open("firm-2-never")).toThrow(expect.objectContaining({ code: "FILE_ERROR" }));
    await stage.prove("venue", "trade", ...argv);
    expect(await stage.opens("firm-2-never")).toBe(true);
    expect(await stage.opens("buyer-never")).toBe(true);
  });

  it("cures by a deposit, and by a trade", async () => {
    const paid = await opened("paid", 3);
    const before = await balance("bob");
    const cure = [
      "deposit-cure",
      paid,
      "--account",
      stage.file("paid.json"),
      "-o",
      stage.file("paid-2.json"),
    ];
    const little = await refusal("bob", ...cure, "--lots", "1", ...stage.proving());
    expect(little.code).toBe("INVALID_INPUT");
    expect(await stage.prove("bob", ...cure, "--lots", "100000")).toMatchObject({ tier: 0 });
    expect(await stage.opens("paid-2")).toBe(true);
    expect(before - (await balance("bob"))).toBe(100_000n * UNITS);
    expect(await stage.show(paid)).toMatchObject({ case: { outcome: "cured" } });

    const traded = await opened("traded", 3);
    const sale = trade("traded", "firm-2-never", puts(-2n), -putValue(2n), "cured");
    expect(await stage.prove("venue", "cure-by-trade", traded, ...sale)).toMatchObject({ tier: 0 });
    expect(await stage.opens("traded-cured")).toBe(true);
    expect(await stage.show(traded)).toMatchObject({ case: { outcome: "cured" } });
  });

  it("sells in public what nobody bid for, and pays the hold-back out later", async () => {
    await stage.liquidate("owner", "list-liquidator", stage.addresses.alice);
    const caseId = await opened("sold", 3);
    await stage.liquidate("alice", "bid", caseId, "--cash", "7", "--bid-file", stage.file("lost.bid"));
    const { auction } = await stage.show(caseId);
    await stage.serveTo(auction?.revealUntil ?? 0n);
    const { alice } = stage.addresses;
    await stage.liquidate("bob", "sweep", caseId, "--bidder", alice);
    expect((await readFunds(stage.client, stage.system)).insurance.assets).toBe(AUCTION.bidBond);
    expect((await stage.show(caseId)).next[0]).toMatchObject({ action: "show-equity" });
    const show = ["show-equity", caseId, "--account", stage.file("sold.json")];
    expect(await stage.prove("bob", ...show)).toMatchObject({ status: "sale", tier: 3 });
    expect((await refusal("bob", ...show, ...stage.proving())).details.error).toBe("NothingChanges");
    await stage.serve(SALE.duration / 2n);

    const buy = [
      ...["buy", caseId, "--account", stage.file("sold.json"), "--taker", stage.file("buyer-never.json")],
      ...["-o", stage.file("buyer-3.json")],
    ];
    expect((await refusal("carol", ...buy, "--max", "1", ...stage.proving())).code).toBe("INVALID_INPUT");
    const equity = stage.equityOf("sold") / MICROS;
    const { cash } = await stage.prove<{ cash: string }>("carol", ...buy, "--max", String(equity));
    expect(BigInt(cash) < (equity * 9n) / 10n).toBe(true);
    expect(await stage.opens("buyer-3")).toBe(true);
    const sold = await stage.show(caseId);
    const held = ((equity - BigInt(cash)) * UNITS * BigInt(SALE.holdBackRate)) / 1_000_000n;
    expect(sold).toMatchObject({
      case: { outcome: "sold" },
      sale: { hold: { amount: held.toString(), move: "0" } },
      next: [{ action: "record-move" }, { action: "release-hold" }],
    });
    expect((await refusal("bob", "record-move", caseId)).details.error).toBe("NoLargerMove");
    await stage.at(sold.sale.hold?.releaseAt ?? 0n);
    await stage.liquidate("bob", "release-hold", caseId);
    const owed = await cliJson("liquidate", "credits", stage.addresses.carol, ...stage.on());
    expect(owed).toMatchObject({ challenges: "0", auction: "0", sale: held.toString() });
    const before = await balance("bob");
    await stage.liquidate("carol", "withdraw-credit", "sale", "--to", stage.addresses.bob);
    expect((await balance("bob")) - before).toBe(held);
  });

  it("lets the house clear, trade its risk away and give back", async () => {
    await stage.serve(1n); // to the takeover a case comes by the newest prices alone
    const caseId = await opened("bankrupt", 4);
    await stage.serve(ENGINE.takeoverNotice);
    await stage.anchor("bankrupt", "firm", "buyer");
    const house = (n: number) => stage.file(`house-${n + 2}.json`);
    await stage.prove(
      ...(["owner", "take-over", caseId, "--account", stage.file("bankrupt.json")] as const),
      ...["--house", house(1), "-o", house(2)],
    );
    // Puts are cheap now: what the house has is worth something.
    await stage.market("0.08");
    await stage.publish();
    const locked = () => cliJson<{ locked: boolean }>("liquidate", "fund", "show", ...stage.on());
    expect((await locked()).locked).toBe(true);
    await stage.prove("bob", "clear", "--house", house(2));
    expect((await locked()).locked).toBe(false);
    await stage.prove(
      ...(["owner", "trade-house", "--house", house(2), "--taker", stage.file("buyer-3.json")] as const),
      ...["--legs", puts(-4n), "--cash", String(-putValue(4n)), "-o", house(3)],
      ...["--taker-output", stage.file("buyer-4.json")],
    );
    const [surplus, ...others] = stage.open("house-5").positions;
    expect(others).toEqual([]);
    const before = (await readFunds(stage.client, stage.system)).insurance.assets;
    const lots = surplus?.quantity ?? 0n;
    await stage.prove(
      ...(["owner", "release", "--house", house(3), "--lots", String(lots), "-o", house(4)] as const),
    );
    expect(stage.open("house-6").positions).toEqual([]);
    expect(await stage.opens("house-6")).toBe(true);
    const after = (await readFunds(stage.client, stage.system)).insurance.assets;
    expect(after - before).toBe(lots * UNITS);
  });

  it("challenges a silent account, whose case goes on to the end when nobody acts", async () => {
    const start = await balance("bob");
    await stage.serve(CHALLENGES.answerTime);
    await stage.liquidate("bob", "challenge", "quiet");
    expect(await stage.show("quiet")).toMatchObject({
      case: null,
      challenges: [{ challenger: stage.addresses.bob, bond: CHALLENGES.bond.toString(), verdict: "pending" }],
    });
    expect((await refusal("carol", "settle-challenge", "quiet")).details.error).toBe("TooEarly");
    await stage.serve(CHALLENGES.challengeWindow);
    expect(await stage.show("quiet")).toMatchObject({
      challenges: [{ verdict: "silence", returned: CHALLENGES.bond.toString() }],
    });
    const { caseId } = await stage.liquidate<{ caseId: string }>("carol", "settle-challenge", "quiet");
    await stage.liquidate("bob", "withdraw-credit", "challenges");
    expect(await balance("bob")).toBe(start);

    await stage.serve(ENGINE.softWindow);
    expect(await stage.liquidate("bob", "escalate", caseId)).toMatchObject({ status: "sealed" });
    await stage.serve(AUCTION.commitWindow + AUCTION.revealWindow + SALE.startWindow);
    expect((await stage.show(caseId)).next[0]).toMatchObject({ action: "lapse" });
    // Nobody ever proved a breach: no takeover, the account is free.
    expect(await stage.liquidate("bob", "lapse", caseId)).toMatchObject({
      status: "closed",
      outcome: "abandoned",
    });
    expect((await refusal("bob", "abandon", caseId)).details.error).toBe("WrongStatus");
    expect(await stage.show("quiet")).toMatchObject({ case: null, account: { frozen: false } });
  });

  it("keeps the venue from a locked account, and lets its owner change", async () => {
    await stage.liquidate("alice", "lock", "firm", "--for", "600");
    const { account, positions } = stage.folder.readJson("firm-2-never-cured.json");
    const next = stage.folder.writeJson("next.json", { account, positions });
    const update = ["update", "--account", next, "--snapshot", stage.file("snapshot.json")];
    const output = [...update, "--circuit", "4x8", "-o", stage.file("firm-next.json")];
    const { details } = await refusal("venue", ...output);
    expect(details).toMatchObject({ error: "UpdateSkipped", refusal: "locked" });
    const { time } = await stage.client.public.getBlock().then(({ timestamp }) => ({ time: timestamp }));
    await stage.at(time + 601n);
    await stage.liquidate("venue", ...output);
    expect(await stage.opens("firm-next")).toBe(true);
    await stage.liquidate("alice", "set-owner", "firm", "--owner", stage.addresses.carol);
    const { owner } = await readAccount(stage.client, stage.system, stage.open("firm").accountId);
    expect(owner).toBe(stage.addresses.carol);
  });

  it("stops new cases as the guardian, moves shares in and out of a fund", async () => {
    await stage.liquidate("owner", "pause");
    expect((await refusal("bob", "open", "quiet")).details.error).toBe("Paused");
    await stage.liquidate("owner", "resume");
    const paid = await stage.liquidate<{ shares: string }>(
      "carol",
      "fund",
      "deposit",
      "gamma",
      "--amount",
      "777000000",
    );
    const argv = ["fund", "request", "gamma", "--shares", paid.shares] as const;
    const { id, readyAt } = await stage.liquidate<Record<"id" | "readyAt", string>>("carol", ...argv);
    expect((await refusal("carol", "fund", "withdraw", id)).details.error).toBe("WithdrawalNotReady");
    await stage.at(readyAt);
    const before = await balance("carol");
    const { amount } = await stage.liquidate<{ amount: string }>("carol", "fund", "withdraw", id);
    expect((await balance("carol")) - before).toBe(BigInt(amount));
  });

  it("replaces the guardian by a change that waits, and by nothing else", async () => {
    const { bob } = stage.addresses;
    const change = ["replace-guardian", bob] as const;
    expect((await refusal("bob", ...change)).details.error).toBe("OwnableUnauthorizedAccount");
    await stage.liquidate("owner", ...change);
    expect((await refusal("bob", ...change, "--execute")).details.error).toBe("NotReady");
    expect(await stage.liquidate("owner", ...change, "--cancel")).toMatchObject({ state: "cancelled" });
    expect((await refusal("bob", ...change, "--execute")).details.error).toBe("NotScheduled");
    expect((await refusal("owner", ...change, "--execute", "--cancel")).code).toBe("INVALID_INPUT");
    const waits = await stage.liquidate<Record<"state" | "readyAt", string>>("owner", ...change);
    expect(waits.state).toBe("scheduled");
    await stage.at(waits.readyAt);
    expect(await stage.liquidate("alice", ...change, "--execute")).toMatchObject({
      guardian: bob,
      state: "replaced",
    });
    expect((await refusal("owner", "pause")).details.error).toBe("OnlyGuardian");
    // The former guardian paused a while ago: the next pause is no nearer for the change.
    expect((await refusal("bob", "pause")).details.error).toBe("PausedTooOften");
    await stage.liquidate("bob", "resume");
  });
});
