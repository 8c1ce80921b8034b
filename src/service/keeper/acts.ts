import { endChallenge, openAttestedCase, stepBond, stepCase } from "../../actions/liquidation/anyone.ts";
import { award, awardUnshown, leave } from "../../actions/liquidation/award.ts";
import { bidSealed, reveal } from "../../actions/liquidation/bid.ts";
import type { Desk } from "../../actions/liquidation/context.ts";
import { discloseTo } from "../../actions/liquidation/disclose.ts";
import { reduceBySlice } from "../../actions/liquidation/reduce.ts";
import { buyInSale, provenEquity } from "../../actions/liquidation/sale.ts";
import { takeOverCase } from "../../actions/liquidation/take-over.ts";
import { lotsOf } from "../../chain/liquidation/fees.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import { readAccount } from "../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import type { ProofKit } from "../../liquidation/claims.ts";
import { healingSlice } from "../../liquidation/slice.ts";
import { type Field, toField } from "../../math/field.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import type { CeilingCircuit } from "../../prover/circuits.ts";
import type { Bids } from "./bids.ts";
import type { DueStep } from "./due.ts";
import type { Openings } from "./openings.ts";
import type { KeeperRules } from "./rules.ts";
import { bidFor } from "./worth.ts";

/** All that a step works with. */
export interface StepDesk extends Desk<"coverage" | "equity" | "reduction" | "transfer"> {
  /** Where equities are not to be shown. */
  readonly ceiling?: ProofKit<CeilingCircuit>;
  readonly openings: Openings;
  readonly bids: Bids;
  readonly rules: KeeperRules;
}

/** What a step is about. */
export interface StepSubject {
  readonly accountId: Field;
  /** Undefined for what goes before a case. */
  readonly view: CaseView | undefined;
  /** Lots of the account's equity, where its opening is here. */
  readonly lots: bigint;
}

/**
 * Does a step. @returns what came of it, in public words.
 * @throws {BallastError} as the acts of src/actions/liquidation; INVALID_INPUT where nobody can take what must go.
 */
export async function doStep(desk: StepDesk, step: DueStep, subject: StepSubject): Promise<string> {
  const { act, whom } = step;
  const { accountId, view } = subject;
  if (act === "open") {
    const opened = await openAttestedCase(desk, accountId);
    return `case ${opened.case.caseId} opened, ${opened.case.status}`;
  }
  if (act === "settle-challenge") {
    const { caseId } = await endChallenge(desk, accountId);
    return caseId === undefined ? "answered" : `opened case ${caseId}`;
  }
  if (view === undefined) throw new BallastError("INTERNAL", "The step needs a case.");
  const { caseId } = view.case;
  const own = (): Promise<OpenAccount> => openingOf(desk, accountId);
  switch (act) {
    case "reduce":
      return reduce(desk, view, await own());
    case "disclose":
      await discloseTo(desk, caseId, await own(), whom === undefined ? [] : [whom]);
      return "disclosed";
    case "show-equity": {
      const shown = await provenEquity(desk, caseId, await own());
      return `in tier ${shown.tier}, now ${shown.view.case.status}`;
    }
    case "bid": {
      const cash = bidFor(subject.lots, desk.rules);
      await bidSealed(desk, caseId, cash, await desk.bids.storeFor(desk, view, cash));
      return "a sealed bid is in";
    }
    case "reveal":
      await reveal(desk, await desk.bids.get(caseId, desk.client.account.address));
      return "the bid is open";
    case "settle": {
      const { cash: bid } = await desk.bids.get(caseId, desk.client.account.address);
      const takers = { account: await own(), taker: await takerOf(desk) };
      const won = desk.rules.unshown
        ? await awardUnshown(withCeiling(desk), caseId, takers, { bid })
        : await award(desk, caseId, takers, { bid });
      return `taken over whole for ${won.cash} lots`;
    }
    case "leave":
      await leave(desk, caseId, await own());
      return "left with the bond";
    case "buy": {
      const atMost = (subject.lots * desk.rules.buy) / 1_000_000n;
      const bought = await buyInSale(
        desk,
        caseId,
        { account: await own(), taker: await takerOf(desk) },
        { atMost },
      );
      return `bought whole for ${bought.cash} lots`;
    }
    case "take-over": {
      const house = await openingOf(desk, desk.system.houseAccount);
      await takeOverCase(desk, caseId, { account: await own(), house });
      return "taken over by the clearing house";
    }
    case "reclaim":
    case "sweep":
      await stepBond(desk, act, caseId, whom ?? desk.client.account.address);
      return act === "reclaim" ? "the bond is back" : "the bond goes to the insurance fund";
    default: {
      const stepped = await stepCase(desk, act, caseId);
      const { status, outcome } = stepped.case;
      return status === "closed" ? `closed: ${outcome}` : `now ${status}`;
    }
  }
}

/** The smallest slice that heals the account goes to the first taker that stays healthy with it. */
async function reduce(desk: StepDesk, { case: { caseId } }: CaseView, account: OpenAccount): Promise<string> {
  const { settlementId, microsPerLot } = desk.system;
  const terms = { settlementId, microsPerLot, concession: desk.rules.concession };
  for (const name of desk.rules.takers) {
    const taker = await openingOf(desk, toField(accountIdOf(name)));
    if (taker.accountId === account.accountId) continue;
    const slice = healingSlice(desk.snapshot, account.positions, taker.positions, terms);
    if (slice === undefined) continue;
    const { tier } = await reduceBySlice(desk, caseId, { account, taker, ...slice });
    return `a slice is sold, the account is in tier ${tier}`;
  }
  throw new BallastError(
    "INVALID_INPUT",
    `Nobody can take a slice that heals the account of case ${caseId}.`,
    {
      hint: "Name further accounts that take slices, with more collateral; else the case goes to sealed bids.",
    },
  );
}

/** @throws {BallastError} UNKNOWN_ACCOUNT where nothing here opens it as the ledger has it. */
async function openingOf({ client, system, openings }: StepDesk, accountId: Field): Promise<OpenAccount> {
  const { commitment } = await readAccount(client, system, accountId);
  const found = await openings.find(accountId, toField(commitment));
  if (found !== undefined) return found;
  throw new BallastError("UNKNOWN_ACCOUNT", "Nothing here opens the account as the ledger has it.", {
    hint: "Its feed must tell of it under this master key, or the configuration name its account file.",
  });
}

/** @throws {BallastError} INTERNAL without the kit. */
function withCeiling(desk: StepDesk): Desk<"coverage" | "transfer" | "ceiling"> {
  const { ceiling, kits } = desk;
  if (ceiling !== undefined) return { ...desk, kits: { ...kits, ceiling } };
  throw new BallastError("INTERNAL", "The keeper was started without the ceiling circuit's key.");
}

async function takerOf(desk: StepDesk): Promise<OpenAccount> {
  const { taker } = desk.rules;
  if (taker !== undefined) return openingOf(desk, toField(accountIdOf(taker)));
  throw new BallastError("INVALID_INPUT", "The liquidator has no account that takes portfolios over.", {
    hint: "Name it in the configuration: keeper.taker.",
  });
}

/** What an account is worth in whole lots of the settlement asset, 0 for less than one. @param equity micro-USD. */
export function lotsIn(desk: Pick<StepDesk, "system">, equity: bigint): bigint {
  return lotsOf(equity, desk.system.microsPerLot);
}
