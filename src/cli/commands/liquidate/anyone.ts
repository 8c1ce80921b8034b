import {
  type BondStep,
  type CaseStep,
  challenge,
  endChallenge,
  openAttestedCase,
  stepBond,
  stepCase,
} from "../../../actions/liquidation/anyone.ts";
import { timeText } from "../../../display.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { command } from "../../command.ts";
import { sent } from "../../format.ts";
import { needed } from "../../input.ts";
import { accountId, caseId, sending } from "../../liquidation/flags.ts";
import { openSession } from "../../liquidation/session.ts";
import { addressOf } from "../../options.ts";

const PAYS = "who pays";

/** What anyone may do to a case: no proof is needed, the chain knows it all. */
const STEPS: readonly {
  readonly name: CaseStep;
  readonly summary: string;
  readonly help: string;
  readonly done: string;
}[] = [
  {
    name: "escalate",
    summary: "move a case on from its soft window",
    help: "Once the window is over without the account being attested healthy, or at once in tier 3 or 4.",
    done: "moved on",
  },
  {
    name: "cure",
    summary: "close a case whose account is attested healthy",
    help: "The account's present portfolio needs a current attestation of tier 0 or 1: ballast liquidate attest.",
    done: "is cured",
  },
  {
    name: "pass-over",
    summary: "book that leaders let their time to settle pass: their bonds go to the pot",
    help: "The next one's turn begins by time alone; this only books what happened.",
    done: "was booked: who led let its time pass",
  },
  {
    name: "lapse",
    summary: "send a case to the clearing house that nobody put on sale, or bought, in time",
    help: "After the time to start a sale, or after the sale. A case in which nobody ever proved a breach is abandoned instead.",
    done: "found no buyer",
  },
  {
    name: "release-hold",
    summary: "divide what was held back of a buyer's discount, once its time has come",
    help: "The more the market moved meanwhile, the more goes to the Gamma Reserve. The buyer's part is a credit.",
    done: "has its hold-back divided",
  },
  {
    name: "abandon",
    summary: "close a case that the clearing house has not taken over in time",
    help: "The account is free again, and bonds are given back.",
    done: "is abandoned: its account is free",
  },
];

/** What anyone may do to a bidder's bond. */
const BONDS: readonly {
  readonly name: BondStep;
  readonly summary: string;
  readonly help: string;
  readonly done: string;
}[] = [
  {
    name: "sweep",
    summary: "send the bond of a bid that was not revealed in time to the insurance fund",
    help: "From the end of revealing.",
    done: "went to the insurance fund",
  },
  {
    name: "reclaim",
    summary: "credit a bidder its bond, once it can serve no more",
    help: "It is paid out with ballast liquidate withdraw-credit auction.",
    done: "is credited",
  },
];

const open = command({
  name: "open",
  summary: "open a case: the account is attested in tier 2, 3 or 4",
  arguments: { accountId },
  flags: sending(PAYS),
  notes: `
Anyone may. The account's present portfolio needs a current attestation (ballast liquidate attest); one that has none
can be challenged (ballast liquidate challenge). From here on the account changes by the case alone.`,
  examples: ["ballast liquidate open desk"],
  async run({ accountId, ...on }, context) {
    const done = await openAttestedCase(await openSession(on, context), accountId);
    const { caseId, status, tier } = done.case;
    context.print(
      { caseId, accountId: accountHex(accountId), status, tier, ...sent(done.receipt) },
      () => `case ${caseId} of account ${accountText(accountId)} is open: ${status}, tier ${tier}`,
    );
  },
});

const challengeCommand = command({
  name: "challenge",
  summary: "challenge an account without a current attestation",
  arguments: { accountId },
  flags: sending("who posts the bond"),
  notes: `
Anyone may, with the bond, which is approved here. The account attests in time, and the bond is forfeit, a
tenth of it to whoever settles the challenge; or it doesn't, and a case opens and the bond comes back. Settle it then: ballast liquidate settle-challenge.`,
  examples: ["ballast liquidate challenge desk"],
  async run({ accountId, ...on }, context) {
    const { deadline, receipt } = await challenge(await openSession(on, context), accountId);
    context.print(
      { accountId: accountHex(accountId), deadline, ...sent(receipt) },
      () => `account ${accountText(accountId)} is challenged: it attests until ${timeText(deadline)}`,
    );
  },
});

const settleChallenge = command({
  name: "settle-challenge",
  summary: "end a challenge: by an attestation, or by the account's silence",
  arguments: { accountId },
  flags: sending(PAYS),
  notes: "Anyone may: at once when the account is attested, else when its time is over.",
  examples: ["ballast liquidate settle-challenge desk"],
  async run({ accountId, ...on }, context) {
    const { caseId, receipt } = await endChallenge(await openSession(on, context), accountId);
    context.print({ accountId: accountHex(accountId), caseId: caseId ?? null, ...sent(receipt) }, () =>
      caseId === undefined
        ? `the challenge of ${accountText(accountId)} is over, without a case`
        : `the challenge of ${accountText(accountId)} opened case ${caseId}`,
    );
  },
});

const steps = STEPS.map(({ name, summary, help, done }) =>
  command({
    name,
    summary,
    arguments: { caseId },
    flags: sending(PAYS),
    notes: `Anyone may. ${help}`,
    examples: [`ballast liquidate ${name} 3`],
    async run({ caseId, ...on }, context) {
      const stepped = await stepCase(await openSession(on, context), name, caseId);
      const { status, outcome, version } = stepped.case;
      context.print(
        { caseId, status, outcome, version, ...sent(stepped.receipt) },
        () => `case ${caseId} ${done}; it is ${status} now${status === "closed" ? `: ${outcome}` : ""}`,
      );
    },
  }),
);

const bonds = BONDS.map(({ name, summary, help, done }) =>
  command({
    name,
    summary,
    arguments: { caseId },
    flags: { ...sending(PAYS), bidder: needed("--bidder <address>", "whose bond", addressOf) },
    notes: `Anyone may. ${help}`,
    examples: [`ballast liquidate ${name} 3 --bidder ADDRESS`],
    async run({ caseId, bidder, ...on }, context) {
      const receipt = await stepBond(await openSession(on, context), name, caseId, bidder);
      context.print({ caseId, bidder, ...sent(receipt) }, () => `the bond of ${bidder} ${done}`);
    },
  }),
);

export const anyone = [open, challengeCommand, settleChallenge, ...steps, ...bonds];
