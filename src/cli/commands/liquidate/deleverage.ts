import { join } from "node:path";
import type { Command } from "commander";
import { deleverageHolder, openRound } from "../../../chain/liquidation/house.ts";
import { BallastError } from "../../../errors.ts";
import { type AccountFile, loadAccount } from "../../../liquidation/account-file.ts";
import { proveDeleverage } from "../../../liquidation/claims.ts";
import {
  closingTerms,
  holdingTerms,
  planRound,
  type RoundInput,
  type RoundPlan,
  roundCandidates,
} from "../../../liquidation/deleveraging.ts";
import { deleveragePurpose } from "../../../liquidation/purpose.ts";
import { makeFolder } from "../../../node/files.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { emit } from "../../io.ts";
import {
  atDesk,
  checkOnLedger,
  counterparty,
  type Desk,
  type DeskOptions,
  equityAt,
  placeOf,
  provesAndSends,
  transferAt,
} from "../../liquidation/desk.ts";
import { loadHouse } from "../../liquidation/house-file.ts";
import { keepThenSend } from "../../liquidation/keep.ts";
import { accountHex, accountText, sent } from "../../liquidation/session.ts";
import type { Runner } from "../../program.ts";

interface DeleverageOptions extends DeskOptions {
  readonly house: string;
  readonly holders: string[];
  readonly instrument?: string;
  readonly output: string;
}

/** A holder's part, closed. */
interface ClosedPart {
  readonly accountId: string;
  readonly residual: bigint;
  readonly files: { readonly holder: string; readonly house: string };
  readonly transaction: string;
  readonly gas: bigint;
}

const NEEDED = ["transfer", "deleverage", "equity"] as const;
type RoundDesk = Desk<(typeof NEEDED)[number]>;

/** `ballast liquidate deleverage` */
export function registerDeleverage(group: Command, run: Runner): void {
  provesAndSends(
    group,
    "deleverage",
    "as the operator: close the other side pro rata, for the residual that no fund bears",
    "the operator's key",
  )
    .requiredOption("--house <file>", "the clearing house's account as the ledger has it")
    .requiredOption("--holders <files...>", "ALL accounts on the other side; their venue gives the openings")
    .option("--instrument <name>", "what is closed (default: what can bear the most)")
    .requiredOption("-o, --output <folder>", "where the accounts as they will be go")
    .addHelpText(
      "after",
      `
A round is planned and opened, and then each holder's part is closed: pro rata, at one price, at which the house comes out even.
For part i the folder gets part-i-holder.json and part-i-house.json before it is sent. Interrupted, give the command again with
the newest house, the holders that are left, and another folder: it opens another round for what is left.`,
    )
    .action(
      run<DeleverageOptions>((context, options) => {
        makeFolder(options.output);
        return atDesk(
          context,
          options,
          NEEDED,
          (snapshot) => ({
            house: loadHouse(options, snapshot),
            holders: distinct(options.holders.map((path) => loadAccount(path, snapshot))),
          }),
          async (desk, { house, holders }) => {
            const { snapshot, system } = desk;
            const plan = plannedRound(
              {
                snapshot,
                settlementId: system.settlementId,
                house: house.account.positions,
                holders: holders.map(({ account }) => account),
              },
              snapshot,
              options.instrument,
            );
            await checkOnLedger(desk, [house, ...holders]);
            const instrument = nameOf(snapshot, plan.terms.instrumentId);
            const roundId = await opened(desk, house, plan);
            const closed = await closeAll(desk, options.output, roundId, plan, house, holders);
            const residual = closed.at(-1)?.residual ?? null;
            emit(
              context.io,
              context.json,
              {
                roundId,
                instrument,
                ...plan.terms,
                parts: closed,
                leftOut: plan.leftOut.map(accountHex),
                residual,
              },
              () =>
                `round ${roundId} closed ${instrument} of ${closed.length} holders; residual: ${residual} lots; new accounts are in ${options.output}`,
            );
          },
        );
      }),
    );
}

function distinct(holders: readonly AccountFile[]): readonly AccountFile[] {
  const ids = new Set(holders.map(({ account }) => account.accountId));
  if (ids.size === holders.length) return holders;
  throw new BallastError("DUPLICATE_ACCOUNT", "A holder stands twice in --holders.", {
    hint: "Give one file for each account.",
  });
}

/** @throws {BallastError} NOTHING_TO_CLOSE, UNKNOWN_INSTRUMENT, OUT_OF_RANGE. */
function plannedRound(input: RoundInput, snapshot: Snapshot, instrument: string | undefined): RoundPlan {
  const plan = planRound(input, candidateOf(input, snapshot, instrument));
  if (plan.parts.length > 0) return plan;
  throw new BallastError("NOTHING_TO_CLOSE", "No holder has enough for a lot to be closed.", {
    hint: "Give all holders, or close another instrument.",
  });
}

function candidateOf(input: RoundInput, snapshot: Snapshot, instrument: string | undefined) {
  const candidates = roundCandidates(input);
  if (instrument === undefined) return candidates[0];
  const found = candidates.find(({ instrumentId }) => nameOf(snapshot, instrumentId) === instrument);
  if (found !== undefined) return found;
  throw new BallastError("NOTHING_TO_CLOSE", "House and holders are not on two sides of that instrument.", {
    hint:
      candidates.length === 0
        ? "There is no instrument that both hold."
        : `Choose from ${candidates.map(({ instrumentId }) => nameOf(snapshot, instrumentId)).join(", ")}.`,
  });
}

function nameOf({ rows }: Snapshot, id: number): string {
  return rows.find(({ instrumentId }) => instrumentId === id)?.instrument.name ?? `instrument ${id}`;
}

async function opened(desk: RoundDesk, { account }: AccountFile, { terms }: RoundPlan): Promise<bigint> {
  const { client, system, kits, context } = desk;
  const { settlementId } = system;
  context.progress.note("what the house holds");
  const holding = await proveDeleverage(
    kits.deleverage,
    account,
    account.salt,
    holdingTerms(terms, settlementId),
    placeOf(desk),
  );
  const equity = await equityAt(desk, account);
  const { roundId } = await context.progress.step("opening the round", () =>
    openRound(client, system, terms, holding, equity),
  );
  return roundId;
}

async function closeAll(
  desk: RoundDesk,
  folder: string,
  roundId: bigint,
  { terms, parts }: RoundPlan,
  first: AccountFile,
  holders: readonly AccountFile[],
): Promise<ClosedPart[]> {
  const { client, system, kits, snapshot, context } = desk;
  const closing = closingTerms(terms, system.settlementId);
  const sign = terms.holdersShort ? -1n : 1n;
  const closed: ClosedPart[] = [];
  let house = first;
  for (const [index, part] of parts.entries()) {
    const holder = holders.find(({ account }) => account.accountId === part.accountId);
    if (holder === undefined) throw new BallastError("INTERNAL", "A part is nobody's.");
    const moved = [{ instrumentId: terms.instrumentId, quantity: sign * part.closed }];
    const done = await transferAt(desk, deleveragePurpose(roundId), {
      ...{ a: holder.account, b: house.account },
      ...{ moved, cash: part.payment },
    });
    const proof = await proveDeleverage(kits.deleverage, holder.account, done.a.salt, closing, placeOf(desk));
    const newHouse = { ...house, account: counterparty(done) };
    const equity = await equityAt(desk, newHouse.account);
    const paths = {
      holder: join(folder, `part-${index + 1}-holder.json`),
      house: join(folder, `part-${index + 1}-house.json`),
    };
    const files = [
      { ...holder, account: done.a, path: paths.holder },
      { ...newHouse, path: paths.house },
    ];
    const title = `part ${index + 1} of ${parts.length}: ${accountText(part.accountId)}`;
    const { residual, receipt } = await context.progress.step(title, () =>
      keepThenSend(files, snapshot, () =>
        deleverageHolder(client, system, roundId, done.claim, proof.claim, equity),
      ),
    );
    closed.push({ accountId: accountHex(part.accountId), residual, files: paths, ...sent(receipt) });
    house = newHouse;
  }
  return closed;
}
