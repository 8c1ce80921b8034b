import type { Command } from "commander";
import type { TransactionReceipt } from "viem";
import {
  lapseSale,
  passOver,
  reclaimBond,
  releaseHold,
  sweepUnrevealed,
} from "../../../chain/liquidation/auction.ts";
import {
  abandonCase,
  challengeAccount,
  cureCase,
  escalateCase,
  openCase,
  settleChallenge,
} from "../../../chain/liquidation/cases.ts";
import { readCase } from "../../../chain/liquidation/read-case.ts";
import { emit } from "../../io.ts";
import {
  accountHex,
  accountOfText,
  accountText,
  type ChainOptions,
  caseOf,
  openSession,
  type Session,
  sends,
  sent,
  timeText,
} from "../../liquidation/session.ts";
import { addressOf } from "../../options.ts";
import type { Runner } from "../../program.ts";

interface BidderOptions extends ChainOptions {
  readonly bidder: string;
}

const PAYS = "who pays";

/** What anyone may do to a case: no proof is needed, the chain knows it all. */
const ACTS: readonly {
  readonly name: string;
  readonly description: string;
  readonly help: string;
  readonly done: string;
  readonly act: (session: Session, caseId: bigint) => Promise<TransactionReceipt>;
}[] = [
  {
    name: "escalate",
    description: "move a case on from its soft window",
    help: "Once the window is over without the account being attested healthy, or at once in tier 3 or 4.",
    done: "moved on",
    act: ({ client, system }, caseId) => escalateCase(client, system, caseId),
  },
  {
    name: "cure",
    description: "close a case whose account is attested healthy",
    help: "The account's present portfolio needs a current attestation of tier 0 or 1: ballast liquidate attest.",
    done: "is cured",
    act: ({ client, system }, caseId) => cureCase(client, system, caseId),
  },
  {
    name: "pass-over",
    description: "book that leaders let their time to settle pass: their bonds go to the pot",
    help: "The next one's turn begins by time alone; this only books what happened.",
    done: "was booked: who led let its time pass",
    act: ({ client, system }, caseId) => passOver(client, system, caseId),
  },
  {
    name: "lapse",
    description: "send a case to the clearing house that nobody put on sale, or bought, in time",
    help: "After the time to start a sale, or after the sale. A case in which nobody ever proved a breach is abandoned instead.",
    done: "found no buyer",
    act: ({ client, system }, caseId) => lapseSale(client, system, caseId),
  },
  {
    name: "release-hold",
    description: "divide what was held back of a buyer's discount, once its time has come",
    help: "The more the market moved meanwhile, the more goes to the Gamma Reserve. The buyer's part is a credit.",
    done: "has its hold-back divided",
    act: ({ client, system }, caseId) => releaseHold(client, system, caseId),
  },
  {
    name: "abandon",
    description: "close a case that the clearing house has not taken over in time",
    help: "The account is free again, and bonds are given back.",
    done: "is abandoned: its account is free",
    act: ({ client, system }, caseId) => abandonCase(client, system, caseId),
  },
];

/** What anyone may do to a bidder's bond. */
const BONDS = [
  {
    name: "sweep",
    description: "send the bond of a bid that was not revealed in time to the insurance fund",
    help: "From the end of revealing.",
    done: "went to the insurance fund",
    act: sweepUnrevealed,
  },
  {
    name: "reclaim",
    description: "credit a bidder its bond, once it can serve no more",
    help: "It is paid out with ballast liquidate withdraw-credit auction.",
    done: "is credited",
    act: reclaimBond,
  },
] as const;

/** `ballast liquidate open|challenge|settle-challenge|escalate|cure|pass-over|lapse|release-hold|abandon|sweep|reclaim` */
export function registerAnyone(group: Command, run: Runner): void {
  registerOpen(group, run);
  registerChallenges(group, run);
  for (const { name, description, help, done, act } of ACTS) {
    sends(group, name, description, PAYS)
      .argument("<case>", "the case's number")
      .addHelpText("after", `\nAnyone may. ${help}`)
      .action(
        run<ChainOptions>(async ({ io, json, progress }, options, [text = ""]) => {
          const caseId = caseOf(text);
          const session = await openSession(options);
          const receipt = await progress.step(`${name}: case ${caseId}`, () => act(session, caseId));
          const { status, outcome, version } = await readCase(session.client, session.system, caseId);
          emit(
            io,
            json,
            { caseId, status, outcome, version, ...sent(receipt) },
            () => `case ${caseId} ${done}; it is ${status} now${status === "closed" ? `: ${outcome}` : ""}`,
          );
        }),
      );
  }
  for (const { name, description, help, done, act } of BONDS) {
    sends(group, name, description, PAYS)
      .argument("<case>", "the case's number")
      .requiredOption("--bidder <address>", "whose bond")
      .addHelpText("after", `\nAnyone may. ${help}`)
      .action(
        run<BidderOptions>(async ({ io, json, progress }, options, [text = ""]) => {
          const caseId = caseOf(text);
          const bidder = addressOf(options.bidder, "--bidder");
          const { client, system } = await openSession(options);
          const receipt = await progress.step(`${name}: case ${caseId}`, () =>
            act(client, system, caseId, bidder),
          );
          emit(io, json, { caseId, bidder, ...sent(receipt) }, () => `the bond of ${bidder} ${done}`);
        }),
      );
  }
}

function registerOpen(group: Command, run: Runner): void {
  sends(group, "open", "open a case: the account is attested in tier 2, 3 or 4", PAYS)
    .argument("<account>", "0x…, or its name")
    .addHelpText(
      "after",
      `
Anyone may. The account's present portfolio needs a current attestation (ballast liquidate attest); one that has none
can be challenged (ballast liquidate challenge). From here on the account changes by the case alone.`,
    )
    .action(
      run<ChainOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const accountId = accountOfText(text);
        const { client, system } = await openSession(options);
        const { caseId, receipt } = await progress.step("opening the case", () =>
          openCase(client, system, accountId),
        );
        const { status, tier } = await readCase(client, system, caseId);
        emit(
          io,
          json,
          { caseId, accountId: accountHex(accountId), status, tier, ...sent(receipt) },
          () => `case ${caseId} of account ${accountText(accountId)} is open: ${status}, tier ${tier}`,
        );
      }),
    );
}

function registerChallenges(group: Command, run: Runner): void {
  sends(group, "challenge", "challenge an account without a current attestation", "who posts the bond")
    .argument("<account>", "0x…, or its name")
    .addHelpText(
      "after",
      `
Anyone may, with the bond, which is approved here. The account attests in time, and the bond is forfeit, a
tenth of it to whoever settles the challenge; or it doesn't, and a case opens and the bond comes back. Settle it then: ballast liquidate settle-challenge.`,
    )
    .action(
      run<ChainOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const accountId = accountOfText(text);
        const { client, system } = await openSession(options);
        const { deadline, receipt } = await progress.step("challenging the account", () =>
          challengeAccount(client, system, accountId),
        );
        emit(
          io,
          json,
          { accountId: accountHex(accountId), deadline, ...sent(receipt) },
          () => `account ${accountText(accountId)} is challenged: it attests until ${timeText(deadline)}`,
        );
      }),
    );
  sends(group, "settle-challenge", "end a challenge: by an attestation, or by the account's silence", PAYS)
    .argument("<account>", "0x…, or its name")
    .addHelpText("after", "\nAnyone may: at once when the account is attested, else when its time is over.")
    .action(
      run<ChainOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const accountId = accountOfText(text);
        const { client, system } = await openSession(options);
        const { caseId, receipt } = await progress.step("settling the challenge", () =>
          settleChallenge(client, system, accountId),
        );
        emit(io, json, { accountId: accountHex(accountId), caseId: caseId ?? null, ...sent(receipt) }, () =>
          caseId === undefined
            ? `the challenge of ${accountText(accountId)} is over, without a case`
            : `the challenge of ${accountText(accountId)} opened case ${caseId}`,
        );
      }),
    );
}
