import { existsSync, readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventText } from "../../../src/actions/liquidation/event-text.ts";
import type { TimedEvent } from "../../../src/actions/liquidation/follow.ts";
import { keepThenSend } from "../../../src/actions/liquidation/keep-file.ts";
import { challengeBookAbi } from "../../../src/chain/generated/challenge-book.ts";
import { clearingHouseAbi } from "../../../src/chain/generated/clearing-house.ts";
import { liquidationEngineAbi } from "../../../src/chain/generated/liquidation-engine.ts";
import { portfolioSaleAbi } from "../../../src/chain/generated/portfolio-sale.ts";
import { sealedAuctionAbi } from "../../../src/chain/generated/sealed-auction.ts";
import { standardParameters } from "../../../src/chain/liquidation/parameters.ts";
import { loadParameters } from "../../../src/chain/liquidation/parameters-file.ts";
import { legsOf } from "../../../src/cli/liquidation/parsers.ts";
import { Teller } from "../../../src/cli/liquidation/teller.ts";
import { timeLeft } from "../../../src/display.ts";
import { BallastError } from "../../../src/errors.ts";
import { loadAccount, loadOrSaltAccount, saveAccount } from "../../../src/liquidation/account-file.ts";
import { toField } from "../../../src/math/field.ts";
import { rowByName, type Snapshot } from "../../../src/risk/snapshot.ts";
import { CASH, MICROS, marketAt, PARAMETERS, START, UNITS } from "../../chain/liquidation/stage.ts";
import { type Folder, temporaryFolder } from "../harness.ts";
import { PUT } from "./stage.ts";

let folder: Folder;
let snapshot: Snapshot;
beforeAll(() => {
  folder = temporaryFolder();
  snapshot = marketAt(START);
});
afterAll(() => folder.remove());

const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe("account files", () => {
  const account = () => ({
    accountId: toField(2n),
    // A whole transfer salts with its context: more than the 248 bits of a random salt.
    salt: toField((1n << 253n) - 5n),
    positions: [
      { instrumentId: CASH, quantity: 123_456n },
      { instrumentId: rowByName(snapshot, PUT).instrumentId, quantity: -7n },
    ],
  });

  it("come back as they were written, for their owner only, and never over another", () => {
    const path = folder.file("two.json");
    saveAccount(path, { name: "0x2", account: account() }, snapshot);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadAccount(path, snapshot)).toEqual({ name: "0x2", account: account() });
    const before = readFileSync(path, "utf8");
    const another = { name: "0x2", account: { ...account(), salt: toField(1n) } };
    expect(() => saveAccount(path, another, snapshot)).toThrow(refused("FILE_ERROR", /exists already/));
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("without a salt open nothing, and get one of their own where that is meant", () => {
    const path = folder.writeJson("bare.json", { account: "desk", positions: [] });
    expect(() => loadAccount(path, snapshot)).toThrow(refused("INVALID_PORTFOLIO", /no salt/));
    const [one, two] = [loadOrSaltAccount(path, snapshot), loadOrSaltAccount(path, snapshot)];
    expect([one.fresh, two.fresh]).toEqual([true, true]);
    expect(one.account.salt).not.toBe(two.account.salt);
  });

  it.each([
    ["no JSON", "{", "INVALID_INPUT", /is not JSON/],
    ["no object", "[1, 2]", "INVALID_PORTFOLIO", /expected form/],
    ["null", "null", "INVALID_PORTFOLIO", /expected form/],
    [
      "a salt that is no field",
      `{"account":"a","salt":"0x${"f".repeat(64)}","positions":[]}`,
      "INVALID_PORTFOLIO",
      /no field element/,
    ],
    [
      "a salt that is a number",
      '{"account":"a","salt":77123,"positions":[]}',
      "INVALID_PORTFOLIO",
      /no field element/,
    ],
    [
      "an unknown key",
      '{"account":"a","salt":"0x1","positions":[],"x":"77123"}',
      "INVALID_PORTFOLIO",
      /expected form/,
    ],
  ])("refuse %s without quoting it", (_, content, code, says) => {
    const path = folder.write("wrong.json", content);
    const load = () => loadAccount(path, snapshot);
    expect(load).toThrow(refused(code, says));
    try {
      load();
    } catch (error) {
      expect(String(error)).not.toMatch(/77123|ffff/);
    }
  });

  it("take no position that the snapshot has no row for", () => {
    const positions = [{ instrumentId: 999, quantity: 1n }];
    const file = { name: "x", account: { ...account(), positions } };
    expect(() => saveAccount(folder.file("x.json"), file, snapshot)).toThrow(
      refused("UNKNOWN_INSTRUMENT", /no row/),
    );
    expect(existsSync(folder.file("x.json"))).toBe(false);
  });
});

describe("keepThenSend", () => {
  const file = (name: string) => ({
    ...{ name: "0x2", path: folder.file(name) },
    account: { accountId: toField(2n), salt: toField(9n), positions: [] },
  });

  it("has written before it sends", async () => {
    const seen = await keepThenSend([file("sent.json")], snapshot, async () =>
      existsSync(folder.file("sent.json")),
    );
    expect(seen).toBe(true);
  });

  it("takes the files back when the call was refused, and keeps them when that isn't known", async () => {
    const failing = (details: Record<string, string>) => () =>
      Promise.reject(new BallastError("CHAIN_ERROR", "Refused.", { hint: "Do it.", details }));
    const send = (details: Record<string, string>) =>
      keepThenSend([file("try.json")], snapshot, failing(details));
    await expect(send({ error: "OnlyVenue" })).rejects.toThrow(/^Refused\. Do it\.$/);
    expect(existsSync(folder.file("try.json"))).toBe(false);
    await expect(send({ transaction: "0x1" })).rejects.toThrow(/Do it\. .*try\.json is kept/);
    expect(existsSync(folder.file("try.json"))).toBe(true);
    const other = { ...file("try.json"), account: { ...file("").account, salt: toField(8n) } };
    await expect(keepThenSend([file("new.json"), other], snapshot, failing({}))).rejects.toThrow(
      /exists already/,
    );
    expect(existsSync(folder.file("new.json"))).toBe(false);
  });

  it("leaves a file that an interrupted run wrote with the same account as it is, also when it is refused", async () => {
    const kept = file("kept.json");
    saveAccount(kept.path, kept, snapshot);
    const before = readFileSync(kept.path, "utf8");
    expect(await keepThenSend([kept], snapshot, async () => "sent")).toBe("sent");
    const refusal = new BallastError("CHAIN_ERROR", "Refused.", { details: { error: "OnlyVenue" } });
    await expect(keepThenSend([kept], snapshot, () => Promise.reject(refusal))).rejects.toThrow(
      /^Refused\.$/,
    );
    expect(readFileSync(kept.path, "utf8")).toBe(before);
  });
});

describe("parameters files", () => {
  const standard = () => standardParameters(UNITS, MICROS);
  const load = (json: object) =>
    loadParameters(
      folder.writeJson("parameters.json", { format: "ballast.liquidation-parameters/2", ...json }),
      UNITS,
      MICROS,
    );

  it("change what they name, and nothing else", () => {
    expect(loadParameters(undefined, UNITS, MICROS)).toEqual(standard());
    expect(load({})).toEqual(standard());
    const all = standard();
    expect(
      load({ engine: { softWindow: 1_200 }, challenges: { bond: "9999999999" }, funds: { gammaShare: 0 } }),
    ).toEqual({
      ...all,
      engine: { ...all.engine, softWindow: 1_200n },
      challenges: { ...all.challenges, bond: 9_999_999_999n },
      funds: { ...all.funds, gammaShare: 0 },
    });
    const text = JSON.stringify(PARAMETERS, (_, value) => (typeof value === "bigint" ? `${value}` : value));
    expect(load(JSON.parse(text))).toEqual(PARAMETERS);
  });

  it.each([
    [{ engine: { softWindow: 599 } }, /engine\.softWindow.*600 to 259200/],
    [{ challenges: { bond: 1 } }, /challenges\.bond must be ten times answerCost/],
    [{ engine: { maxPenalty: 100_001 } }, /engine\.maxPenalty/],
    [{ auction: { commitWindow: "86401" } }, /auction\.commitWindow.*300 to 86400/],
    [{ sale: { startDiscount: 250_000 } }, /startDiscount must be below maxDiscount/],
    [{ sale: { slippageCap: 20_000 } }, /slippageBound must be below slippageCap/],
    [{ funds: { withdrawalDelay: 3_599 } }, /funds\.withdrawalDelay.*3600/],
    [{ funds: { gamaShare: 1 } }, /funds: unknown key "gamaShare"/],
    [{ format: "x" }, /format/],
  ])("are refused with %j", (json, says) => {
    expect(() => load(json)).toThrow(refused("INVALID_INPUT", says));
    expect(() => load(json)).toThrow(/docs\/protocol\/liquidation\.md/);
  });
});

describe("legs", () => {
  it("are in the instrument's own unit, signed", () => {
    const { instrumentId } = rowByName(snapshot, PUT);
    const [one] = legsOf([`${PUT}=-2`], snapshot);
    expect(one?.instrumentId).toBe(instrumentId);
    expect((one?.quantity ?? 0n) * rowByName(snapshot, PUT).instrument.lotSize).toBe(-2n * 10n ** 18n);
  });

  it.each([
    ["no quantity", [PUT], "INVALID_INPUT"],
    ["two signs", [`${PUT}=1=2`], "INVALID_INPUT"],
    ["an unknown instrument", ["BTC-1JAN30-1-C=1"], "UNKNOWN_INSTRUMENT"],
    ["one twice", [`${PUT}=1`, `${PUT}=2`], "DUPLICATE_INSTRUMENT"],
    ["no number", [`${PUT}=many`], "INVALID_DECIMAL"],
    ["a part of a lot", [`${PUT}=0.0000001`], "OFF_LOT_GRID"],
  ])("are refused with %s", (_, texts, code) => {
    expect(() => legsOf(texts, snapshot)).toThrow(expect.objectContaining({ code }));
  });
});

describe("timeLeft", () => {
  it.each([
    [0n, "over"],
    [1n, "1 s left"],
    [60n, "1 min left"],
    [3_725n, "1 h 2 min left"],
    [86_400n * 3n + 3_600n * 5n, "3 d 5 h left"],
    [86_400n + 59n, "1 d left"],
  ])("of %d seconds is %s", (seconds, text) => {
    expect(timeLeft(1_000n + seconds, 1_000n)).toBe(text);
  });
});

describe("eventText", () => {
  const samples: Record<string, unknown> = {
    uint256: 3n,
    uint128: 3n,
    uint64: 1_800_000_000n,
    uint32: 2,
    uint8: 1,
    address: `0x${"ab".repeat(20)}`,
    bytes32: `0x${"cd".repeat(32)}`,
    bytes: "0xff",
    bool: true,
    tuple: {},
  };
  const events = (
    [
      ["engine", liquidationEngineAbi],
      ["challenges", challengeBookAbi],
      ["auction", sealedAuctionAbi],
      ["sale", portfolioSaleAbi],
      ["clearingHouse", clearingHouseAbi],
    ] as const
  ).flatMap(([source, abi]) =>
    abi
      .filter((entry) => entry.type === "event")
      .map((event) => {
        const { name, inputs } = event;
        const args = Object.fromEntries(inputs.map((input) => [input.name, samples[input.type]]));
        return { source, name, args: args as never };
      }),
  );

  it.each(events)("says what $name of $source is", (event) => {
    const text = eventText(event);
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    expect(text.length).toBeGreaterThan(3);
  });

  it("has words for everything that happens in a case or to the house", () => {
    const generic = events.filter((event) => eventText(event).startsWith(event.name)).map(({ name }) => name);
    // Governance is told by its names.
    expect([...new Set(generic)].sort()).toEqual(
      [
        ...["CallCancelled", "CallExecuted", "CallScheduled", "OwnershipTransferred", "ParametersChanged"],
        "OwnershipTransferStarted",
      ]
        .filter((name) => (generic as readonly string[]).includes(name))
        .sort(),
    );
  });

  it("names who, about what and how much", () => {
    const args = { challenger: samples["address"], askedTime: 1_800_000_000n } as never;
    expect(eventText({ source: "challenges", name: "Challenged", args })).toBe(
      "challenged by 0xababab…abab, about prices of 2027-01-15T08:00:00Z or later",
    );
  });
});

describe("Teller", () => {
  const event: TimedEvent = {
    ...({ source: "engine" } as const),
    ...{ name: "CaseOpened", args: { caseId: 1n, accountId: 2n, status: 1 }, caseId: 1n },
    ...({ blockHash: "0x", transaction: "0xaa" } as const),
    ...{ block: 5n, logIndex: 0, time: 1_800_000_000n, accountId: 2n },
  };
  const line = "2027-01-15T08:00:00Z  case 1 0x000000…0002       opened: soft\n";
  const look = (events: readonly TimedEvent[]) => ({
    block: 5n,
    time: 1_800_000_000n,
    served: 900n,
    events,
    cases: [],
  });
  const lost = new BallastError("CHAIN_ERROR", "Nobody answers.");
  const told = (
    io: { readonly screen?: boolean },
    json: boolean,
    once: boolean,
    act: (teller: Teller) => void,
  ) => {
    const said = { out: [] as string[], err: [] as string[] };
    const write = { out: (text: string) => said.out.push(text), err: (text: string) => said.err.push(text) };
    act(new Teller({ ...write, live: false, color: false, ...io } as never, json, once));
    return said;
  };

  it("redraws the table below the lines on a terminal, and leaves it out elsewhere", () => {
    const twice = (teller: Teller) => {
      teller.tell(look([]));
      teller.tell(look([event]));
    };
    expect(told({ screen: true }, false, false, twice).out).toEqual([
      ...["no open case\n", "\u001b[1A\u001b[0J", line, "no open case\n"],
    ]);
    expect(told({}, false, false, twice).out).toEqual([line]);
    expect(told({ screen: true }, false, true, (teller) => teller.tell(look([event]))).out).toEqual([
      ...[line, "no open case\n"],
    ]);
  });

  it("says once that a node drops, and that it is back", () => {
    const dropping = (teller: Teller) => {
      teller.lost(lost);
      teller.lost(lost);
      teller.tell(look([]));
      teller.tell(look([]));
    };
    expect(told({}, false, false, dropping)).toEqual({
      out: [],
      err: [
        "ballast: the node does not answer, asking again: Nobody answers.\n",
        "ballast: the node answers again\n",
      ],
    });
    const { out, err } = told({}, true, false, dropping);
    expect(err).toEqual([]);
    expect(out.map((text) => JSON.parse(text))).toMatchObject([
      { type: "node", answers: false },
      { type: "node", answers: true },
    ]);
  });

  it("writes one object a line as JSON, numbers of any size as text", () => {
    const { out } = told({}, true, false, (teller) => teller.tell(look([event])));
    expect(out.every((text) => /^\{.*\}\n$/.test(text))).toBe(true);
    expect(out.map((text) => JSON.parse(text))).toMatchObject([
      { type: "event", time: "1800000000", caseId: "1", args: { accountId: "2" }, text: "opened: soft" },
      { type: "cases", block: "5", cases: [] },
    ]);
  });
});
